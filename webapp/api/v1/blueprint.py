"""The blueprint every route of version 1 joins."""

from flask import Blueprint

from webapp.edge.csrf import csrf

PREFIX = "/api/v1"

api = Blueprint("api_v1", __name__, url_prefix=PREFIX)
csrf.exempt(api)
