"""The daily refresh through a real worker, on its own queue."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.price_list.offers import Offer, queue, queues
from tests.price_list.price_server import PriceServer, running
from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import REFRESH_PRICES
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import send
from webapp.services.refresh_runs import list_refreshes


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with running() as server:
        server.publish(Offer("AWSQueueService", queues(queue("0.0000004400"))))
        yield server


def _outcomes() -> list[str]:
    with unit_of_work():
        db.session.expire_all()
        return [view.outcome for view in list_refreshes()]


def test_a_worker_refreshes_prices(app: Flask, worker: Worker, server: PriceServer) -> None:
    worker.environment["PRICE_LIST_URL"] = server.url
    worker.start()
    with app.app_context():
        send(REFRESH_PRICES)
        assert wait_until(lambda: _outcomes() == ["accepted"], 60), worker.log
        with unit_of_work():
            assert list_refreshes()[0].report.changed == 1
