"""The administrators' face, `flask ...`: a command reads its input, calls one service, prints the answer."""

from flask import Flask

from webapp.cli.audit import audit
from webapp.cli.cache import cache
from webapp.cli.demo import demo
from webapp.cli.estimates import estimate_command, services_command
from webapp.cli.jobs import jobs
from webapp.cli.keys import keys
from webapp.cli.prices import prices
from webapp.cli.recordings import ingest_command
from webapp.cli.users import users


def init_cli(app: Flask) -> None:
    """Register every command."""
    groups = (prices, demo, users, keys, audit, jobs, cache)
    for command in (*groups, estimate_command, services_command, ingest_command):
        app.cli.add_command(command)
