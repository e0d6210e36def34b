"""The JSON face."""

from flask import Flask


def init_api(app: Flask) -> None:
    """Register every blueprint of this face."""
