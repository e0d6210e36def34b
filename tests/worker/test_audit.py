"""The audit beside a real worker: its jobs act for "job" under the id of the request that asked."""

from flask import Flask

from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import CHECKPOINT_AUDIT, RENDER_REPORT
from webapp.infra import jobs
from webapp.infra.db import unit_of_work
from webapp.infra.logs import correlated
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.audit_checkpoints import last_checkpoint
from webapp.services.audit_search import AuditQuery, find_entries
from webapp.services.reports import request_report
from webapp.services.scenarios import create_scenario


def test_a_job_is_recorded_under_the_request_that_asked(app: Flask, worker: Worker) -> None:
    worker.start()
    with app.app_context():
        with correlated("the-request"), unit_of_work():
            owner = register_account("ada@example.com", "correct horse battery").id
            scenario = create_scenario(owner, parse_document({"name": "Shop", "region": "us-east-1"}))
            request_report(owner, scenario.id, "csv")

        def made() -> bool:
            with unit_of_work():
                return bool(find_entries(AuditQuery(activity="ReportCompleted")).entries)

        assert wait_until(made, seconds=30), worker.log
        with unit_of_work():
            (entry,) = find_entries(AuditQuery(activity="ReportCompleted")).entries
        assert (entry.via, entry.agent, entry.correlation_id) == ("job", RENDER_REPORT.name, "the-request")
        jobs.send(CHECKPOINT_AUDIT)
        assert wait_until(lambda: last_checkpoint() is not None, seconds=30), worker.log
