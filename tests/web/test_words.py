"""Every visible word goes through gettext, and the first view of a page is light."""

import re
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from jinja2 import Environment

from tests.web.conftest import Person

_TEMPLATES = Path("templates")
_PAGES = sorted(path for path in _TEMPLATES.rglob("*.html") if "reports" not in path.parts[1])
#: Names and code, the same in every language.
_UNTRANSLATED = re.compile(r"mockup|AWS|curl --data-binary @events\.log|X-API-Key: \$MOCKUPAWS_API_KEY|-H ")
_SPOKEN = re.compile(r'\b(?:title|placeholder|alt|aria-label|data-done|data-failed)="([^"]*)"')


@pytest.mark.parametrize("path", _PAGES, ids=str)
def test_no_word_on_a_page_bypasses_gettext(path: Path) -> None:
    tokens = Environment(autoescape=True).lex(path.read_text(encoding="utf-8"))
    # What Jinja prints is one placeholder, so that tags stay whole around it.
    literal = "".join(text if kind == "data" else "\x00" for _, kind, text in tokens if "comment" not in kind)
    spoken = " ".join(_SPOKEN.findall(literal))
    bare = re.sub(r"<[^>]*>", " ", literal)
    text = re.sub(r' [a-z-]+="[^"]*"', " ", bare) + spoken  # a macro may print attributes of its caller's tag
    assert re.findall(r"[^\W\d_]{2,}", _UNTRANSLATED.sub("", text)) == []


def test_the_first_view_is_light_and_asks_only_this_host(visitor: Person) -> None:
    text = visitor.text("/sign-in")
    addresses = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', text)
    assert len(addresses) == 4
    assert all(address.startswith("/static/") for address in addresses)
    weight = 0
    for address in addresses:
        with visitor.get(address) as file:
            assert "max-age=31536000" in file.headers["Cache-Control"], "its address changes with its content"
            weight += len(file.data)
    assert weight < 120_000


def test_the_extraction_finds_the_words_of_every_floor() -> None:
    settings = Path("webapp/translations/babel.cfg").read_text(encoding="utf-8")
    methods, options = parse_mapping_cfg(StringIO(settings))  # type: ignore[no-untyped-call]  # Babel's own
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "phrase": (1,)}
    found = {str(message) for _, _, message, _, _ in extract_from_dir(".", methods, options, keywords)}
    for said in (
        "Know the AWS bill before you deploy.",
        "A month has 730 hours.",
        "There is no such scenario.",
    ):
        assert said in found
