"""The blueprint every route of version 2 joins."""

from flask import Blueprint

from webapp.edge.csrf import csrf

api = Blueprint("api_v2", __name__, url_prefix="/api/v2")
csrf.exempt(api)
