"""Whatever is sent, the answer is an estimate or a problem document, never a mistake of ours."""

import copy
import json
from collections.abc import Callable

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.callers import DOCUMENT

_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["events", "us-east-1", "lambda", "1e-9", "-0", "0", "NaN", "٣", "per", 10**17, 1e-320])
)
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands inside a document."""
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [place for key, child in children for place in ((*path, key), *_places(child, (*path, key)))]


@st.composite
def _spoilt(draw: Callable[..., object]) -> object:
    """DOCUMENT with up to three values replaced by anything."""
    document: object = copy.deepcopy(DOCUMENT)
    for _ in range(3):
        place = draw(st.sampled_from(_places(DOCUMENT)))
        assert isinstance(place, tuple)
        parent: object = document
        for key in place[:-1]:
            parent = parent[key] if isinstance(parent, dict | list) and _has(parent, key) else None
        if isinstance(parent, dict | list) and _has(parent, place[-1]):
            parent[place[-1]] = draw(_VALUES)
    return document


def _has(parent: object, key: str | int) -> bool:
    if isinstance(parent, list):
        return isinstance(key, int) and key < len(parent)
    return isinstance(parent, dict) and key in parent


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_spoilt() | _VALUES)
def test_a_spoilt_document_is_priced_or_refused_by_field(client: FlaskClient, document: object) -> None:
    body = json.dumps(document)  # writes NaN and Infinity as Python does
    response = client.post("/api/v2/estimates", data=body, content_type="application/json")
    answered = json.loads(response.get_data(), parse_constant=lambda word: 1 / 0)
    if response.status_code == 200:
        assert answered["total_usd"] and isinstance(answered["lines"], list)
    else:
        assert response.status_code in (400, 422)
        assert answered["status"] == response.status_code and answered["detail"]
