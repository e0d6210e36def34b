"""Jobs about sessions."""

from tasks.app import app
from webapp.domain.jobs import SWEEP_SESSIONS
from webapp.infra.db import unit_of_work
from webapp.services.sessions import sweep_sessions


@app.task(name=SWEEP_SESSIONS.name)
def sweep() -> None:
    """Remove what is over."""
    with unit_of_work():
        sweep_sessions()
