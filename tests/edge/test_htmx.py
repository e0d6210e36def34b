"""Page or fragment by the htmx headers, and the extension behind it known to one module only."""

from pathlib import Path

import pytest
from flask import Flask, Request

from webapp.edge import htmx


@pytest.fixture
def small_app() -> Flask:
    app = Flask(__name__)
    htmx.init_htmx(app)
    return app


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "nonsense"}, False),
    ],
)
def test_a_page_restored_from_history_is_asked_for_whole(
    small_app: Flask, headers: dict[str, str], wanted: bool
) -> None:
    with small_app.test_request_context(headers=headers):
        assert htmx.wants_fragment() is wanted


def test_leaving_is_a_303_for_a_form_and_an_instruction_for_htmx(small_app: Flask) -> None:
    with small_app.test_request_context():
        assert (htmx.go("/next").status_code, htmx.go("/next").location) == (303, "/next")
    with small_app.test_request_context(headers={"HX-Request": "true"}):
        answer = htmx.go("/next")
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.data) == (204, "/next", b"")
    assert "HX-Request" in answer.headers["Vary"]


def test_it_does_not_take_the_place_of_another_request_class() -> None:
    class Own(Request):
        pass

    app = Flask(__name__)
    app.request_class = Own
    with pytest.raises(RuntimeError, match="replaced before"):
        htmx.init_htmx(app)


def test_nobody_else_knows_the_extension() -> None:
    mentions = [str(path) for path in Path("webapp").rglob("*.py") if "htmx_flask" in path.read_text("utf-8")]
    assert mentions == ["webapp/edge/htmx.py"]
