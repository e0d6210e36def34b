"""Requests made from the OpenAPI documents find no server error and no undocumented answer."""

import logging

import pytest
from flask import Flask

from tests.api.callers import Caller
from tests.api.fuzz import EXAMPLES, run
from webapp.infra.jobs import RecordingDispatcher

#: A bounded run: the whole of it stays below a minute and a half.
_FEW = 3


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_operation_answers_as_documented(
    app: Flask, ada: Caller, queue: RecordingDispatcher, version: str
) -> None:
    done = run(app, version, ada.headers, EXAMPLES or _FEW)
    logging.getLogger("fuzz").warning("%s: %s", version, done)
    assert done.problems == [], f"{version}: {done}\n" + "\n".join(done.problems)
