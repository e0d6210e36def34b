"""The HTML face: pages and their fragments."""

from flask import Flask


def init_web(app: Flask) -> None:
    """Register every blueprint of this face."""
