"""The page checker itself: it lets good pages pass and names what is wrong with bad ones."""

import pytest

from tests.stack.pages import problems_of

_GOOD = (
    '<!doctype html><html lang="en"><head><title>Scenarios – mockupAWS</title>'
    '<script src="/a.js" nonce="n"></script></head><body><main><h1>Scenarios</h1>'
    '<form><label for="q">Search</label><input id="q" name="q"><button>Go</button></form>'
    '<svg viewBox="0 0 1 1"><rect width="1" height="1"/></svg></main></body></html>'
)


def test_a_good_page_passes() -> None:
    assert problems_of(_GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("</form>", "</form></div>", "end-tag-too-early"),
        ("<main>", '<main id="q">', "used 2 times"),
        ("<h1>Scenarios</h1>", "<h2>Scenarios</h2>", "0 h1"),
        ("<title>Scenarios", "<title>Projects", "does not begin"),
        (' lang="en"', "", "no lang"),
        ('<label for="q">Search</label>', "", "no label"),
        (' nonce="n"', "", "no nonce"),
        (' src="/a.js"', "", "inline"),
        ("<main>", '<main style="color: red">', "inline style"),
        ("<form>", '<form onsubmit="x()">', "inline handler"),
        ("<form>", '<form hx-on:click="x()">', "inline handler"),
        ("<form>", '<form action="javascript:x()">', "javascript:"),
        ("<form>", '<form aria-describedby="nowhere">', "absent"),
        ("Go</button>", "</button>", "no name"),
    ],
)
def test_a_broken_page_is_named(good: str, bad: str, complaint: str) -> None:
    assert good in _GOOD
    assert any(complaint in problem for problem in problems_of(_GOOD.replace(good, bad)))


@pytest.mark.parametrize("fragment", ["", '<div id="bill">$1</div>', '<tr id="r1"><td>1</td></tr>'])
def test_a_good_fragment_passes(fragment: str) -> None:
    assert problems_of(fragment) == []


def test_a_broken_fragment_is_named() -> None:
    assert problems_of('<div id="bill"><p>$1</div>') == []  # an open p is closed by its parent, as HTML says
    assert problems_of('<div id="bill"><b>$1</div>') != []
