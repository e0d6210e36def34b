"""The application object that web servers and `flask` find."""

from webapp.factory import create_app

app = create_app()
