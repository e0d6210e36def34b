"""Whole answers of version 1, as they were frozen. What changes from call to call is named instead.

After a change that is meant: `RENEW_SNAPSHOTS=1 python -m pytest tests/api_v1`; read the difference in git.
"""

import difflib
import json
import os
import re
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

_FOLDER = Path(__file__).parent / "snapshots"
#: Headers that are part of the contract.
_HEADERS = (
    "Content-Type", "Content-Disposition", "Location", "Allow", "WWW-Authenticate",
    "Deprecation", "Sunset", "Link",
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_TOKEN = re.compile(r"ma_[0-9A-Za-z]+")


def check(name: str, response: TestResponse) -> None:
    """Fail, with the difference, when `response` is not the answer kept as `name`."""
    path = _FOLDER / f"{name}.json"
    found = _normal(response)
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.write_text(found, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if found != kept:
        difference = difflib.unified_diff(
            kept.splitlines(), found.splitlines(), f"frozen: {name}", "answered now", lineterm=""
        )
        raise AssertionError("\n".join(["The contract of version 1 has changed:", *difference]))


def _normal(response: TestResponse) -> str:
    headers = {name: response.headers.getlist(name) for name in _HEADERS if name in response.headers}
    if "Allow" in headers:
        headers["Allow"] = sorted(response.headers["Allow"].split(", "))  # its order means nothing
    document: dict[str, Any] = {"status": response.status_code, "headers": headers}
    if response.is_json:
        document["body"] = response.get_json()
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    text = _TOKEN.sub("<token>", _MOMENT.sub("<moment>", text))
    names: dict[str, str] = {}
    return _UUID.sub(lambda found: names.setdefault(found[0], f"<id {len(names) + 1}>"), text)
