"""Health checks of containers, in the image without curl: `python -m deploy.probe ADDRESS | schedule`.

Exit code 0 is healthy; otherwise one line says what is wrong.
"""

import os
import sys
import urllib.error
import urllib.request

import psycopg

_PATIENCE_S = 4


def main(what: str) -> str:
    """What is wrong with `what`, an http address or "schedule"; empty when nothing is."""
    return _schedule() if what == "schedule" else _address(what)


def _address(url: str) -> str:
    try:
        urllib.request.urlopen(url, timeout=_PATIENCE_S).close()  # noqa: S310 # nosec B310 # of our own compose file
    except (urllib.error.URLError, OSError) as error:
        return f"{url}: {error}"
    return ""


def _schedule() -> str:
    """Some scheduler has renewed the lease lately. A standby is healthy while another one runs."""
    address = os.environ["DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(address, connect_timeout=_PATIENCE_S, prepare_threshold=None) as connection:
            held = connection.execute("SELECT bool_or(held_until > now()) FROM scheduler_leases").fetchone()
    except psycopg.Error as error:
        return f"The database does not tell: {error}"
    return "" if held is not None and held[0] else "No scheduler holds the schedule."


if __name__ == "__main__":
    if trouble := main(sys.argv[1]):
        print(trouble, file=sys.stderr)
        sys.exit(1)
