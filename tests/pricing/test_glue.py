"""Glue: a job is billed for a minute at least, a crawler for ten, with two DPUs."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_a_short_job_is_billed_for_a_minute() -> None:
    assert metered("glue", job_runs=60, dpus=2, job_minutes="0.2") == {"glue.etl.dpu_hour": Decimal(2)}


def test_a_short_crawl_is_billed_for_ten_minutes_of_two_dpus() -> None:
    units = metered("glue", crawler_runs=6, crawler_minutes=3)
    assert units == {"glue.crawler.dpu_hour": Decimal(2)}


def test_flexible_jobs_have_their_own_price() -> None:
    assert metered("glue", execution_class="flex", dpu_hours=3) == {"glue.flex.dpu_hour": Decimal(3)}
