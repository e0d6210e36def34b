"""The mechanical half of a good page, checked on every HTML answer any test fetches.

Valid HTML, one h1 that begins the title, a language, a label on every field, no id twice, references
that lead somewhere, no inline script, style or handler, and a nonce on every script.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from tinyhtml5.parser import HTMLParser
from werkzeug.test import TestResponse

_UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
_REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


class PageCheckingClient(FlaskClient):
    """A test client that refuses to hand over a broken page."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in range(300, 400):
            text = response.get_data(as_text=True)
            if problems := problems_of(text):
                where = f"{response.request.method} {response.request.path} ({response.status_code})"
                raise AssertionError(f"{where} is not a good page:\n- " + "\n- ".join(problems))
        return response


def problems_of(text: str) -> list[str]:
    """What is wrong with `text`: a page when it starts with a doctype, else a fragment. Empty is good."""
    whole = text.lstrip()[:9].lower() == "<!doctype"
    parser = HTMLParser(namespace_html_elements=False)
    if whole:
        root = parser.parse(text)
    elif not text.strip():
        return []
    else:
        # A fragment of table rows stands in a table; parsed bare, the parser would drop its tags.
        root = parser.parse(f"<!doctype html><html><head><title>f</title></head><body>{_in_context(text)}")
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    found = [f"line {line}: {code} {details or ''}" for (line, _), code, details in parser.errors]
    found += _ids(elements, whole=whole) + _fields(elements) + _policy(elements)
    return found + (_page(root, elements) if whole else [])


def _in_context(fragment: str) -> str:
    if re.match(r"\s*<tr\b", fragment):
        return f"<table><tbody>{fragment}</tbody></table>"
    return fragment


def _page(root: Element, elements: Iterable[Element]) -> list[str]:
    found = []
    headings = [_text(element) for element in elements if element.tag == "h1"]
    title = _text(root.find("head/title"))
    if len(headings) != 1:
        found.append(f"{len(headings)} h1 elements instead of one: {headings}")
    elif not title.startswith(headings[0]):
        found.append(f"the title {title!r} does not begin with the h1 {headings[0]!r}")
    if not root.get("lang"):
        found.append("the html element has no lang")
    if sum(element.tag == "main" for element in elements) != 1:
        found.append("there is not exactly one main landmark")
    return found


def _ids(elements: list[Element], *, whole: bool) -> list[str]:
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    found = [f"the id {name!r} is used {times} times" for name, times in ids.items() if times > 1]
    if whole:  # what a fragment refers to may stand in the page around it
        for element in elements:
            for attribute in _REFERRING:
                wanted = (element.get(attribute) or "").split()
                found += [
                    f"{attribute} refers to {name!r}, which is absent" for name in wanted if name not in ids
                ]
    return found


def _fields(elements: list[Element]) -> list[str]:
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    inside = {id(field) for label in elements if label.tag == "label" for field in label.iter()}
    found = []
    for field in elements:
        if field.tag not in ("input", "select", "textarea") or field.get("type") in _UNLABELLED_TYPES:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby")
        if not named and id(field) not in inside and (not field.get("id") or field.get("id") not in labelled):
            found.append(f"the field {field.get('name') or field.get('id')!r} has no label")
    found += [
        "a button has no name" for element in elements if element.tag == "button" and not _named(element)
    ]
    return found + [
        "an img has no alt" for element in elements if element.tag == "img" and element.get("alt") is None
    ]


def _named(element: Element) -> bool:
    return bool(_text(element) or element.get("aria-label") or element.get("title"))


def _policy(elements: Iterable[Element]) -> list[str]:
    """What the content security policy would refuse in a browser."""
    found = []
    for element in elements:
        names = [str(name) for name in element.attrib]
        found += [
            f"<{element.tag} {name}> is an inline handler" for name in names if re.match(r"on|hx-on", name)
        ]
        if "style" in names or element.tag == "style":
            found.append(f"<{element.tag}> has inline style")
        if any(
            (element.get(name) or "").strip().lower().startswith("javascript:") for name in ("href", "action")
        ):
            found.append(f"<{element.tag}> has a javascript: address")
        if element.tag == "script":
            found += _script(element)
    return found


def _script(script: Element) -> list[str]:
    found = [] if script.get("nonce") else [f"the script {script.get('src')!r} has no nonce"]
    return found if script.get("src") else [*found, "a script is inline"]


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
