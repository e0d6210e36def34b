"""The administrators' face, `flask ...`: a command reads its input, calls one service, prints the answer."""

from flask import Flask

from webapp.cli.accounts import keys, users
from webapp.cli.demo import demo
from webapp.cli.estimates import estimate_command, services_command
from webapp.cli.prices import prices
from webapp.cli.recordings import ingest_command


def init_cli(app: Flask) -> None:
    """Register every command."""
    for command in (prices, demo, users, keys, estimate_command, services_command, ingest_command):
        app.cli.add_command(command)
