"""Region comparison: a scenario of 30 resources priced in all 21 regions.

    python -m tests.bench.bench_regions

Through the service, over a migrated SQLite database with the shipped catalog. The ratio is against the
estimate of the same scenario in its own region. Exits 1 when the promise is broken.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from tests.bench.bench_estimate import document_of
from tests.stack.databases import make_settings
from webapp.factory import create_app
from webapp.infra.db import db, unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.estimates import estimate_scenario
from webapp.services.regions import compare_regions
from webapp.services.scenarios import create_scenario

ROUNDS = 7
REGIONS_S = 0.300


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def _scenario() -> tuple[UUID, UUID]:
    with unit_of_work():
        owner = register_account("bench@example.com", "a long enough sentence").id
        document = parse_document(document_of(30) | {"name": "Thirty resources"})
        return owner, create_scenario(owner, document).id


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mockupaws-bench-") as folder:
        app = create_app(make_settings(f"sqlite:///{folder}/bench.db", Path(folder)))
        for command in (["db", "upgrade"], ["prices", "load"]):
            assert app.test_cli_runner().invoke(args=command).exit_code == 0
        with app.app_context():
            owner, scenario = _scenario()
            first = _seconds(lambda: compare_regions(owner, scenario))
            regions = median(_seconds(lambda: compare_regions(owner, scenario)) for _ in range(ROUNDS))
            one = median(_seconds(lambda: estimate_scenario(owner, scenario)) for _ in range(ROUNDS))
            db.engine.dispose()
    print(f"30 resources, 21 regions: {regions * 1000:.0f} ms ({regions / one:.1f} x one region's estimate)")
    print(f"the first time, reading every region's prices: {first * 1000:.0f} ms")
    return int(regions > REGIONS_S)


if __name__ == "__main__":
    sys.exit(main())
