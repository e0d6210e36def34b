"""The running application's settings, for code below the factory."""

from flask import current_app

from webapp.settings import Settings


def current_settings() -> Settings:
    """Settings of the application in whose context this runs."""
    settings = current_app.extensions["settings"]
    assert isinstance(settings, Settings)
    return settings
