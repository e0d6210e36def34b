"""How AWS meters CloudWatch: logs by volume, everything else by count."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, figure, phrase
from webapp.pricing.aws._volume import how_gb, stated_gb
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, Quantity

#: Stored size of a log per size ingested, as the AWS Pricing Calculator assumes for gzip level 6.
COMPRESSION = Decimal("0.15")


def cloudwatch_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one group of logs, metrics and alarms is billed for in a month. GB are of 2^30 bytes."""
    yield from _logs(inputs)
    for key, usage, unit in _COUNTED:
        amount = inputs[usage]
        yield Quantity(key, amount, phrase("%(n)s %(unit)s", n=figure(amount), unit=unit))


_COUNTED = (
    ("cwlogs.vended.s3", "vended_s3_gb", N_("GB")),
    ("cwlogs.vended.firehose", "vended_firehose_gb", N_("GB")),
    ("cwlogs.insights_scan", "insights_scan_gb", N_("GB")),
    ("cwlogs.data_protection", "data_protection_gb", N_("GB")),
    ("cwlogs.live_tail", "live_tail_minutes", N_("minutes")),
    ("cw.metric", "custom_metrics", N_("metrics")),
    ("cw.alarm.standard", "standard_alarms", N_("alarm metrics")),
    ("cw.alarm.high_res", "high_resolution_alarms", N_("alarm metrics")),
    ("cw.alarm.composite", "composite_alarms", N_("alarms")),
    ("cw.dashboard", "dashboards", N_("dashboards")),
    ("cw.api.requests", "api_requests", N_("requests")),
    ("cw.api.get_metric_data", "get_metric_data_metrics", N_("metrics")),
    ("cw.metric_stream_update", "metric_stream_updates", N_("updates")),
    ("cw.canary_run", "canary_runs", N_("runs")),
    ("cw.contributor_insights.rule", "contributor_insights_rules", N_("rules")),
    ("cw.contributor_insights.events", "contributor_insights_events", N_("events")),
)


def _logs(inputs: Inputs) -> Iterator[Quantity]:
    rare = inputs.choice("log_class") == "infrequent_access"
    ingested, vended = stated_gb(inputs, "log_ingest_gb", "log_ingest_bytes"), inputs["vended_gb"]
    how = how_gb(inputs, "log_ingest_gb", "log_ingest_bytes")
    yield Quantity("cwlogs.ingest.ia" if rare else "cwlogs.ingest.standard", ingested, how)
    yield Quantity(
        "cwlogs.vended.cloudwatch.ia" if rare else "cwlogs.vended.cloudwatch",
        vended,
        phrase("%(gb)s GB", gb=figure(vended)),
    )
    ratio, months = inputs.number("log_compression"), inputs.number("log_retention_months")
    kept, stated = (ingested + vended) * ratio * months, inputs["log_storage_gb"]
    following = phrase(
        "%(gb)s GB ingested × %(ratio)s compressed × %(months)s months kept",
        gb=figure(ingested + vended),
        ratio=figure(ratio),
        months=figure(months),
    )
    further = phrase("%(gb)s GB stated", gb=figure(stated))
    yield Quantity("cwlogs.storage", kept + stated, added((kept, following), (stated, further)))
