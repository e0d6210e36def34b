"""How AWS meters CloudWatch: logs by volume, everything else by count."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._volume import how_gb, stated_gb
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, Quantity

#: Stored size of a log per size ingested, as the AWS Pricing Calculator assumes for gzip level 6.
COMPRESSION = Decimal("0.15")


def cloudwatch_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one group of logs, metrics and alarms is billed for in a month. GB are of 2^30 bytes."""
    yield from _logs(inputs)
    yield from counted(inputs, _COUNTED)


_COUNTED = (
    ("cwlogs.vended.s3", "vended_s3_gb", N_("%(n)s GB")),
    ("cwlogs.vended.firehose", "vended_firehose_gb", N_("%(n)s GB")),
    ("cwlogs.insights_scan", "insights_scan_gb", N_("%(n)s GB")),
    ("cwlogs.data_protection", "data_protection_gb", N_("%(n)s GB")),
    ("cwlogs.live_tail", "live_tail_minutes", N_("%(n)s minutes")),
    ("cw.metric", "custom_metrics", N_("%(n)s metrics")),
    ("cw.alarm.standard", "standard_alarms", N_("%(n)s alarm metrics")),
    ("cw.alarm.high_res", "high_resolution_alarms", N_("%(n)s alarm metrics")),
    ("cw.alarm.composite", "composite_alarms", N_("%(n)s alarms")),
    ("cw.dashboard", "dashboards", N_("%(n)s dashboards")),
    ("cw.api.requests", "api_requests", N_("%(n)s requests")),
    ("cw.api.get_metric_data", "get_metric_data_metrics", N_("%(n)s metrics")),
    ("cw.metric_stream_update", "metric_stream_updates", N_("%(n)s updates")),
    ("cw.canary_run", "canary_runs", N_("%(n)s runs")),
    ("cw.contributor_insights.rule", "contributor_insights_rules", N_("%(n)s rules")),
    ("cw.contributor_insights.events", "contributor_insights_events", N_("%(n)s events")),
)


def _logs(inputs: Inputs) -> Iterator[Quantity]:
    infix = ".ia" if inputs.choice("log_class") == "infrequent_access" else ""
    ingested, vended = stated_gb(inputs, "log_ingest_gb", "log_ingest_bytes"), inputs["vended_gb"]
    if ingested:
        key = f"cwlogs.ingest{infix or '.standard'}"
        yield Quantity(key, ingested, how_gb(inputs, "log_ingest_gb", "log_ingest_bytes"))
    yield from counted(inputs, ((f"cwlogs.vended.cloudwatch{infix}", "vended_gb", N_("%(n)s GB")),))
    if ingested or vended or inputs["log_storage_gb"]:
        yield _log_storage(inputs, ingested + vended)


def _log_storage(inputs: Inputs, gb: Decimal) -> Quantity:
    """What stays of `gb` ingested GB, compressed, and what is stated to be stored."""
    ratio, months = inputs.number("log_compression"), inputs.number("log_retention_months")
    kept, stated = gb * ratio * months, inputs["log_storage_gb"]
    following = wording(
        "%(gb)s GB ingested × %(ratio)s compressed × %(months)s months kept",
        gb=gb,
        ratio=ratio,
        months=months,
    )
    further = wording("%(gb)s GB stated", gb=stated)
    return Quantity("cwlogs.storage", kept + stated, added((kept, following), (stated, further)))
