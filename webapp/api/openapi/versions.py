"""What the two documents say beyond their routes: whose they are, how errors look, words for readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from webapp.api.contract import Shape
from webapp.api.openapi.prose import TAGS_V1, TAGS_V2, text_of_v1, text_of_v2
from webapp.api.shapes import DetailJson, ProblemJson
from webapp.edge.errors import Refusal
from webapp.edge.problems import KINDS, MEDIA_TYPE

#: Addresses of no version that belong to the older one.
_OLD = ("/api/v1/", "/api/deprecation")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the API."""

    name: str
    title: str
    text: Callable[[], str]
    tags: Mapping[str, str]
    problem: Shape
    problem_media_type: str
    #: An example of a refusal, by status and sentence.
    refused: Callable[[int, str], dict[str, object]]
    #: Headers of every answer beyond those of the house: name -> what it says.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Refusals every route of the version may give: status -> when.
    refusals: Mapping[int, str] = field(default_factory=dict)

    def owns(self, path: str) -> bool:
        """Whether the route at `path` stands in this version's document."""
        is_old = path.startswith(_OLD)
        return path.startswith("/api/") and is_old == (self.name == "v1")


def _problem(status: int, detail: str) -> dict[str, object]:
    found: dict[str, object] = {
        "type": f"urn:mockupaws:problem:{KINDS[status]}" if status in KINDS else "about:blank",
        "title": Refusal(status, detail).title,
        "status": status,
        "detail": detail,
        "instance": "/api/v2/...",
        "correlation_id": "9d1fd2b4c5a34dd8a8b1d2f3c4e5f607",
    }
    if status == 422:
        wrong = "This cannot be less than 0."
        found["detail"] = f"/resources/0/usage/requests: {wrong}"
        found["errors"] = [{"pointer": "/resources/0/usage/requests", "detail": wrong}]
    return found


V2 = Version(
    "v2", "mockupAWS API", text_of_v2, TAGS_V2, ProblemJson, MEDIA_TYPE, _problem,
)  # fmt: skip
V1 = Version(
    "v1",
    "mockupAWS API, version 1 (deprecated)",
    text_of_v1,
    TAGS_V1,
    DetailJson,
    "application/json",
    lambda status, detail: {"detail": detail},
    {
        "Deprecation": "Since when this version is deprecated (RFC 9745).",
        "Sunset": "When it stops answering (RFC 8594).",
        "Link": 'The route that takes its place (`rel="successor-version"`) and the explanation of the move.',
    },
    {410: "Version 1 is past its sunset; `Link` names the route that takes its place."},
)
VERSIONS: Mapping[str, Version] = {version.name: version for version in (V1, V2)}
