"""Amazon CloudWatch: logs, metrics, alarms, dashboards, API requests, canaries, metric streams."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._cloudwatch_metering import COMPRESSION, cloudwatch_quantities
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel, Setting

_PAGE = "Amazon CloudWatch pricing page, free tier"

SETTINGS = (
    choice(
        "log_class",
        N_("Log class"),
        (("standard", N_("Standard")), ("infrequent_access", N_("Infrequent Access"))),
        N_("Infrequent Access costs less to ingest; without Live Tail, metric filters and subscriptions."),
    ),
    Setting(
        "log_compression",
        N_("Stored size per ingested size"),
        "number",
        COMPRESSION,
        N_("Storage is billed on the compressed size; 0.15 is what the AWS Pricing Calculator assumes."),
        minimum=Decimal(0),
        maximum=Decimal(1),
    ),
    decimal(
        "log_retention_months",
        N_("Logs are kept"),
        "months",
        1,
        (0, 120),
        N_("Average months a log stays stored. 0 leaves storage out."),
    ),
)

USAGE = (
    monthly("log_ingest_gb", N_("Logs ingested"), "GB", N_("Custom logs, before compression."), per=""),
    monthly(
        "log_ingest_bytes",
        N_("Logs ingested, in bytes"),
        "bytes",
        N_("Added to the GB above; for logs that are counted in bytes."),
        per="bytes",
    ),
    monthly(
        "vended_gb",
        N_("Vended logs to CloudWatch"),
        "GB",
        N_("Logs AWS services write: VPC flow logs, Route 53, API Gateway access logs."),
        per="",
    ),
    monthly("vended_s3_gb", N_("Vended logs to S3"), "GB", per=""),
    monthly("vended_firehose_gb", N_("Vended logs to Data Firehose"), "GB", per=""),
    monthly("log_storage_gb", N_("Further logs stored"), "GB", N_("Compressed size, as billed."), per=""),
    monthly("insights_scan_gb", N_("Scanned by Logs Insights"), "GB", per=""),
    monthly("data_protection_gb", N_("Scanned for data protection"), "GB", per=""),
    monthly("live_tail_minutes", N_("Live Tail"), "minutes", per=""),
    monthly(
        "custom_metrics",
        N_("Custom and detailed metrics"),
        "metrics",
        N_("Metrics that exist all month; one that exists half of it is half a metric."),
        per="",
    ),
    monthly(
        "standard_alarms",
        N_("Standard-resolution alarms"),
        "alarm metrics",
        N_("Metrics that alarms watch; an anomaly detection alarm counts three."),
        per="",
    ),
    monthly("high_resolution_alarms", N_("High-resolution alarms"), "alarm metrics", per=""),
    monthly("composite_alarms", N_("Composite alarms"), "alarms", per=""),
    monthly("dashboards", N_("Dashboards"), "dashboards", per=""),
    monthly(
        "api_requests",
        N_("API requests"),
        "requests",
        N_("PutMetricData, GetMetricStatistics, ListMetrics and dashboard requests."),
    ),
    monthly(
        "get_metric_data_metrics",
        N_("Metrics asked by GetMetricData"),
        "metrics",
        N_("Never free."),
        per="",
    ),
    monthly("metric_stream_updates", N_("Metric stream updates"), "updates", per=""),
    monthly("canary_runs", N_("Canary runs"), "runs", per=""),
    monthly("contributor_insights_rules", N_("Contributor Insights rules"), "rules", per=""),
    monthly("contributor_insights_events", N_("Contributor Insights events"), "events", per=""),
)


def _price(key: str, label: str, unit: str, usagetype: str, **more: str) -> PriceKey:
    return PriceKey(key, label, unit, "AmazonCloudWatch", {"usagetype": usagetype} | more)


_PUT = "PutLogEvents"
PRICES = (
    _price("cwlogs.ingest.standard", N_("Logs ingested"), "GB", "DataProcessing-Bytes", operation=_PUT),
    _price("cwlogs.ingest.ia", N_("Logs ingested (Infrequent Access)"), "GB", "DataProcessingIA-Bytes"),
    _price("cwlogs.vended.cloudwatch", N_("Vended logs to CloudWatch"), "GB", "VendedLog-Bytes"),
    _price(
        "cwlogs.vended.cloudwatch.ia",
        N_("Vended logs to CloudWatch (Infrequent Access)"),
        "GB",
        "VendedLogIA-Bytes",
    ),
    _price("cwlogs.vended.s3", N_("Vended logs to S3"), "GB", "S3-Egress-Bytes"),
    _price("cwlogs.vended.firehose", N_("Vended logs to Data Firehose"), "GB", "FH-Egress-Bytes"),
    _price("cwlogs.storage", N_("Logs stored"), "GB-Mo", "TimedStorage-ByteHrs"),
    _price("cwlogs.insights_scan", N_("Logs Insights scans"), "GB", "DataScanned-Bytes"),
    _price("cwlogs.data_protection", N_("Data protection scans"), "GB", "DataProtection-Bytes"),
    _price("cwlogs.live_tail", N_("Live Tail"), "Minute", "Logs-LiveTail"),
    _price("cw.metric", N_("Custom metrics"), "Metric-month", "CW:MetricMonitorUsage"),
    _price("cw.alarm.standard", N_("Standard alarms"), "Alarm-metric-month", "CW:AlarmMonitorUsage"),
    _price(
        "cw.alarm.high_res",
        N_("High-resolution alarms"),
        "Alarm-metric-month",
        "CW:HighResAlarmMonitorUsage",
    ),
    _price("cw.alarm.composite", N_("Composite alarms"), "Alarm-month", "CW:CompositeAlarmMonitorUsage"),
    _price("cw.dashboard", N_("Dashboards"), "Dashboard-month", "DashboardsUsageHour"),
    _price("cw.api.requests", N_("API requests"), "Request", "CW:Requests"),
    _price("cw.api.get_metric_data", N_("GetMetricData"), "Metric", "CW:GMD-Metrics"),
    _price("cw.metric_stream_update", N_("Metric stream updates"), "MetricUpdate", "CW:MetricStreamUsage"),
    _price("cw.canary_run", N_("Canary runs"), "Run", "CW:Canary-runs"),
    _price(
        "cw.contributor_insights.rule",
        N_("Contributor Insights rules"),
        "Rule-month",
        "CW:ContributorInsightRules",
    ),
    _price(
        "cw.contributor_insights.events",
        N_("Contributor Insights events"),
        "Event",
        "CW:ContributorInsightEvents",
    ),
)


def _always(name: str, label: str, key: str, quantity: int) -> Allowance:
    return Allowance(name, label, (key,), Decimal(quantity), "always", _PAGE)


SERVICE = ServiceModel(
    code="cloudwatch",
    name="Amazon CloudWatch",
    category=N_("Monitoring"),
    summary=N_("Logs billed per GB, metrics, alarms and dashboards per month."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(
        _always("cw_log_ingest", N_("5 GB of logs ingested"), "cwlogs.ingest.standard", 5),
        _always("cw_log_storage", N_("5 GB of logs stored"), "cwlogs.storage", 5),
        _always("cw_log_scan", N_("5 GB scanned by Logs Insights"), "cwlogs.insights_scan", 5),
        _always("cw_metrics", N_("10 custom metrics"), "cw.metric", 10),
        _always("cw_alarms", N_("10 standard alarms"), "cw.alarm.standard", 10),
        _always("cw_dashboards", N_("3 dashboards"), "cw.dashboard", 3),
        _always("cw_api", N_("1 million API requests"), "cw.api.requests", 1_000_000),
        _always("cw_canaries", N_("100 canary runs"), "cw.canary_run", 100),
    ),
    quantities=cloudwatch_quantities,
    assumptions=(
        N_("CloudWatch metrics, alarms and dashboards exist for the whole month."),
        N_("Stored logs are billed compressed, at the ratio the resource states."),
    ),
    pricing_page="https://aws.amazon.com/cloudwatch/pricing/",
    keywords=("logs", "metrics", "alarms", "monitoring", "dashboard"),
)
