"""What the audit costs: changes of a scenario with it and without, and the pace of a verification.

    python -m tests.bench.bench_audit

Changes the region of a scenario, each change in a transaction of its own, by one writer and by eight beside
each other (of eight scenarios, so that only the audit puts them in line). On SQLite and on PostgreSQL. The
promise: an audited change takes at most three times as long as one that is not. Exits 1 when it is broken.
"""

import logging
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from flask import Flask

from tests.services.auditing import act
from tests.stack.databases import make_settings
from tests.stack.postgres import own_postgres
from webapp.factory import create_app
from webapp.infra.db import db, unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.audit_verify import verify_audit
from webapp.services.scenarios import create_scenario, patch_scenario

PROMISE = 3.0
CHANGES, WRITERS, ENTRIES = 400, 8, 20_000
REGIONS = ("eu-west-1", "us-east-1")


def _make(url: str, folder: Path) -> Flask:
    app = create_app(make_settings(url, folder))
    logging.disable(logging.WARNING)
    done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert done.exit_code == 0, done.output
    return app


def _change(app: Flask, owner: UUID, scenario: UUID, times: int) -> None:
    with app.app_context():
        for number in range(times):
            with unit_of_work():
                patch_scenario(owner, scenario, {"region": REGIONS[number % 2]})


def _pace(app: Flask, owner: UUID, scenarios: list[UUID]) -> float:
    """Changes a second, one writer for each scenario."""
    each = CHANGES // len(scenarios)
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(scenarios)) as pool:
        list(pool.map(lambda scenario: _change(app, owner, scenario, each), scenarios))
    return CHANGES / (time.perf_counter() - begun)


def _set_audit(app: Flask, enabled: bool) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"audit_logging_enabled": enabled})


def measure(name: str, url: str, folder: Path) -> bool:
    """Print a row for each number of writers; whether the promise held."""
    app, kept = _make(url, folder), True
    with app.app_context():
        with unit_of_work():
            owner = register_account("bench@example.com", "correct horse battery").id
            document = parse_document({"name": "Bench", "region": REGIONS[0]})
            scenarios = [create_scenario(owner, document).id for _ in range(WRITERS)]
        db.session.remove()
    for writers in (1, WRITERS):
        paces: dict[bool, float] = {}
        for enabled in (False, True, False, True):
            _set_audit(app, enabled)
            paces[enabled] = max(paces.get(enabled, 0.0), _pace(app, owner, scenarios[:writers]))
        ratio = paces[False] / paces[True]
        print(
            f"{name:10} {writers} writers: {paces[True]:5.0f} audited changes a second, {paces[False]:5.0f} "
            f"unaudited, {ratio:.2f} x the time"
        )
        kept = kept and ratio <= PROMISE
    _verify(app, name)
    return kept


def _verify(app: Flask, name: str) -> None:
    with app.app_context():
        with unit_of_work():
            act(ENTRIES)
        db.session.remove()
        begun = time.perf_counter()
        found = verify_audit()
        spent = time.perf_counter() - begun
        assert found.is_whole, found.findings
        rate = found.entries / spent
        print(f"{name:10} {found.entries:,} entries verified in {spent:.2f} s, {rate:,.0f} a second")
        db.engine.dispose()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, own_postgres() as server:
        (Path(folder) / "one").mkdir()
        (Path(folder) / "two").mkdir()
        kept = measure("SQLite", f"sqlite:///{folder}/bench.db", Path(folder) / "one")
        return 0 if measure("PostgreSQL", server.url, Path(folder) / "two") and kept else 1


if __name__ == "__main__":
    sys.exit(main())
