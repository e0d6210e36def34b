"""The JSON face."""

from flask import Flask

from webapp.api.deprecation import init_deprecation
from webapp.api.docs import docs
from webapp.api.health import health
from webapp.api.prometheus import prometheus
from webapp.api.v1 import api as api_v1
from webapp.api.v2 import api as api_v2


def init_api(app: Flask) -> None:
    """Register every version, the probes, and what describes them."""
    app.register_blueprint(health)
    app.register_blueprint(prometheus)
    app.register_blueprint(docs)
    app.register_blueprint(api_v1)
    app.register_blueprint(api_v2)
    init_deprecation(app)
