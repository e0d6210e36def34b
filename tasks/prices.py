"""Jobs about prices."""

from tasks.app import SOFT_LIMIT_S, app
from webapp.domain.jobs import REFRESH_PRICES
from webapp.services.price_refresh import refresh_in_turns


@app.task(name=REFRESH_PRICES.name)
def refresh() -> None:
    """Read what changed in the price list; the last file begun has a third of the time to end."""
    refresh_in_turns(SOFT_LIMIT_S * 2 / 3)
