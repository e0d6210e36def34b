"""The whole application and, beside it on the same server, bare Flask routes to compare with."""

import json
import os
from pathlib import Path

from flask import Flask, Response, jsonify
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from webapp.factory import create_app

bare = Flask("bare")
#: What the application answers, as `tests.bench.bench_api` has asked for it.
_ROWS = json.loads(Path(os.environ["BENCH_ROWS"]).read_bytes())


@bare.get("/ok")
def show() -> Response:
    """What Flask costs when it does nothing else."""
    return jsonify(status="ok")


@bare.get("/rows")
def show_rows() -> Response:
    """What Flask costs when it says as much, for nobody in particular and from memory."""
    return jsonify(_ROWS)


app = DispatcherMiddleware(create_app(), {"/bare": bare})
