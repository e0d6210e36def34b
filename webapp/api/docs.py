"""The OpenAPI documents, and pages for people made from them. Public."""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from webapp.api.contract import Answer, operation
from webapp.api.openapi import openapi_of
from webapp.api.openapi.pages import groups_of, guide_of, operation_page
from webapp.api.openapi.versions import VERSIONS
from webapp.domain.errors import NotFound
from webapp.domain.words import N_, phrase

docs = Blueprint("api_docs", __name__)
_FRESH_S = 300
_PAGE = {200: Answer({"type": "string"}, "A page.", media_types=("text/html",))}


def _add_document(version: str) -> None:
    """Route the document of `version`; it is the same for everybody and changes with a release."""

    @operation(
        "This document",
        tag="About",
        answers={
            200: Answer(
                {"type": "object"}, "OpenAPI 3.1.", headers={"ETag": "Changes with it."}, example=_beginning
            ),
            304: Answer(description="The `If-None-Match` you sent is still right."),
        },
    )
    def show_openapi() -> Response:
        """This API, described for programs. Generated from the routes."""
        made = openapi_of(current_app, version)
        response = Response(made.body, content_type="application/json")
        response.set_etag(made.etag)
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_S}"
        response.make_conditional(request)
        return response

    docs.add_url_rule(f"/api/{version}/openapi.json", f"show_openapi_{version}", show_openapi)


def _beginning() -> dict[str, object]:
    return {"openapi": "3.1.0"}


def _add_pages(version: str) -> None:
    """Route the pages of `version`: a guide, and one page for each operation."""

    @operation("The guide", tag="About", answers=_PAGE)
    def index() -> Response:
        """How to come in, limits, errors, and a list of every operation, for people."""
        document = openapi_of(current_app, version).document
        return _page("api/index.html", version, blocks_of_guide=guide_of(document))

    @operation("The page of an operation", tag="About", answers=_PAGE)
    def show(name: str) -> Response:
        """`name` is the operation's `operationId`. The page can send the request."""
        page = operation_page(openapi_of(current_app, version).document, name)
        if page is None:
            raise NotFound(phrase(N_("There is no operation “%(name)s”."), name=name))
        return _page("api/show.html", version, page=page)

    docs.add_url_rule(f"/api/{version}/docs", f"docs_{version}", index)
    docs.add_url_rule(f"/api/{version}/docs/<name>", f"docs_{version}_operation", show)


def _page(template: str, version: str, **parts: object) -> Response:
    document = openapi_of(current_app, version).document
    other = next(name for name in VERSIONS if name != version)
    return make_response(
        render_template(
            template,
            version=version,
            other=other,
            title=document["info"]["title"],
            groups=groups_of(document),
            **parts,
        )
    )


for _version in VERSIONS:
    _add_document(_version)
    _add_pages(_version)
