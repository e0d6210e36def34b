"""What a share link opens: one bill to read and print, for people without an account."""

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from webapp.domain.errors import NotFound
from webapp.edge.secret_addresses import leave_no_referrer
from webapp.infra.caller import identify
from webapp.infra.db import unit_of_work
from webapp.services.report_contents import gather_contents
from webapp.services.report_pdf import page_of
from webapp.services.sharing import OpenedLink, open_share_link
from webapp.web.bill import bill_of

bp = Blueprint("shared", __name__, url_prefix="/shared")


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The scenario's bill as it is now. A link that opens nothing is always the same page."""
    leave_no_referrer()
    try:
        with unit_of_work():
            opened = open_share_link(token)
    except NotFound:
        return make_response(render_template("sharing/nothing.html"), 404)
    return _show(opened)


def _show(opened: OpenedLink) -> Response:
    identify("share", opened.owner_id, opened.link_id, opened.plan)
    contents = gather_contents(opened.owner_id, opened.scenario_id, ())
    return make_response(
        render_template(
            "sharing/page.html",
            page=page_of(contents),
            document=contents.document,
            bill=bill_of(contents.estimate),
            expires_at=opened.expires_at,
        )
    )
