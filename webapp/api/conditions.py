"""What a request asks for beside its act: only if unchanged, only if changed, nothing sent back.

A scenario's ETag is `"<id>-<version>"`; an answer that holds more than the version decides (a total follows
prices and recorded traffic) adds a digest: `"<id>-<version>-<digest>"`. Clients take it as it is.
"""

import re
from collections.abc import Iterator
from uuid import UUID

from flask import Response, request

from webapp.api.answers import Json, answer
from webapp.api.contract import Parameter
from webapp.domain.errors import Malformed
from webapp.domain.words import N_, phrase
from webapp.services.scenarios import Versions

MINIMAL = "return=minimal"
#: One or more entity tags, or "*".
ETAGS = r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'
IF_MATCH = Parameter(
    "If-Match",
    "The `ETag` the change was made for, or `*`: if somebody was faster the answer is 412 and nothing has "
    "changed. Without it the change is made whatever the version.",
    {"type": "string", "pattern": ETAGS},
    place="header",
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "The `ETag` you have: 304 while it is the present one.",
    {"type": "string"},
    place="header",
)
PREFER = Parameter("Prefer", "`return=minimal`: no body comes back.", {"type": "string"}, place="header")
#: Headers of answers, for contracts.
ETAG = {"ETag": "The scenario's version, for `If-Match` and `If-None-Match`."}
MINIMALLY = {**ETAG, "Preference-Applied": "`return=minimal`."}
CREATED = {"Location": "Where it is.", **ETAG}
#: Refusals of conditional changes, for contracts.
LOST_UPDATE = {
    400: "The body is broken JSON, or `If-Match` is no ETag.",
    409: "The state of the scenario forbids it: archived, or not reachable from here.",
    412: "Somebody changed the scenario since the version in `If-Match`. Nothing was overwritten.",
}
#: One entity tag and what separates it from the next one (RFC 9110, 8.8.3).
_TAG = re.compile(r'\s*(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_VERSION = re.compile(r"[1-9][0-9]{0,17}")


def etag_of(scenario_id: UUID, version: int, digest: str = "") -> str:
    """The ETag of a scenario at `version`, with its quotes."""
    return f'"{scenario_id.hex}-{version}{digest and f"-{digest}"}"'


def expected_versions(scenario_id: UUID) -> Versions:
    """The versions of this scenario `If-Match` allows a change of; None without the header, and for `*`.

    Raises Malformed for what is no list of ETags. A weak one, and one of something else, allows nothing.
    """
    sent = request.headers.get("If-Match")
    return None if sent is None else versions_in(sent, scenario_id)


def versions_in(sent: str, scenario_id: UUID) -> Versions:
    """As `expected_versions`, for the text of such a header."""
    if sent.strip() == "*":
        return None
    known = (_version_of(tag, scenario_id) for is_weak, tag in _tags(sent) if not is_weak)
    return frozenset(version for version in known if version is not None)


def is_unchanged(etag: str) -> bool:
    """Whether the client has the answer with this ETag already (`If-None-Match`): then 304 is enough."""
    return request.if_none_match.contains_weak(etag.strip('"'))


def not_modified(etag: str) -> Response:
    """The answer to somebody who has it already."""
    return Response(status=304, headers={"ETag": etag})


def wants_minimal() -> bool:
    """Whether `Prefer: return=minimal` asks for no body after a change."""
    preferences = ",".join(request.headers.getlist("Prefer")).lower().split(",")
    return MINIMAL in {preference.partition(";")[0].replace(" ", "") for preference in preferences}


def answer_change(document: Json, etag: str, location: str = "") -> Response:
    """The answer after something was changed, or made at `location`; without a body where none is wanted."""
    headers = {"ETag": etag} | ({"Location": location} if location else {})
    if wants_minimal():
        response = Response(
            status=201 if location else 204, headers=headers | {"Preference-Applied": MINIMAL}
        )
        del response.headers["Content-Type"]
        return response
    return answer(document, 201 if location else 200, headers)


def _tags(sent: str) -> Iterator[tuple[bool, str]]:
    position = 0
    while position < len(sent) or not position:
        found = _TAG.match(sent, position)
        if found is None:
            message = N_(
                'If-Match takes an ETag as our answer had it, with its quotes: "…-7". Or an asterisk.'
            )
            raise Malformed(phrase(message))
        yield found["weak"] is not None, found["opaque"]
        position = found.end()


def _version_of(tag: str, scenario_id: UUID) -> int | None:
    """The version in a tag of this scenario; None for other tags."""
    owner, _, rest = tag.partition("-")
    version = rest.partition("-")[0]
    return int(version) if owner == scenario_id.hex and _VERSION.fullmatch(version) else None
