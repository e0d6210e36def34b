"""The JSON face."""

from flask import Flask

from webapp.api.health import health
from webapp.api.v2 import api as api_v2


def init_api(app: Flask) -> None:
    """Register every version, and the probes."""
    app.register_blueprint(health)
    app.register_blueprint(api_v2)
