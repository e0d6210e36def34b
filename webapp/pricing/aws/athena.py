"""Amazon Athena: data scanned by SQL queries."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

#: A query is rounded up to 1 MB and billed for at least 10 MB (Amazon Athena pricing page).
MINIMUM_MB = Decimal(10)
MB_PER_TB = Decimal(1024 * 1024)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    queries, stated = inputs["queries"], inputs["scanned_tb"]
    mb = max(MINIMUM_MB, started(inputs.number("query_mb"), 1))
    scanned = queries * mb / MB_PER_TB
    if scanned or stated:
        how = added((scanned, _by_query(queries, mb)), (stated, wording("%(tb)s TB", tb=stated)))
        yield Quantity("athena.scan", scanned + stated, how)
    hours, dpus = inputs["dpu_hours"], "%(n)s DPU-hours"
    if hours:
        yield Quantity("athena.dpu_hour", hours, wording(dpus, n=hours))


def _by_query(queries: Decimal, mb: Decimal) -> Wording:
    return wording("%(n)s queries × %(mb)s MB / 1,048,576", n=queries, mb=mb)


SERVICE = ServiceModel(
    code="athena",
    name="Amazon Athena",
    category=N_("Analytics"),
    summary=N_("SQL over files in S3, billed by the data scanned."),
    settings=(
        decimal(
            "query_mb",
            N_("Data scanned by one query"),
            "MB",
            10,
            (0, 1_000_000_000),
            N_("As stored: compression and partitions lower it. At least 10 MB are billed."),
        ),
    ),
    usage=(
        monthly("queries", N_("Queries"), "queries", N_("Failed queries and DDL are free.")),
        monthly("scanned_tb", N_("Further data scanned"), "TB", N_("TB of 2^40 bytes."), per=""),
        monthly("dpu_hours", N_("Provisioned capacity"), "DPU-hours", per=""),
    ),
    prices=(
        PriceKey("athena.scan", N_("Data scanned"), "TB", "AmazonAthena", {"usagetype": "DataScannedInTB"}),
        PriceKey("athena.dpu_hour", N_("Provisioned capacity"), "DPU-Hour", "AmazonAthena"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("What Athena reads from and writes to S3 is billed by S3; add it there."),),
    pricing_page="https://aws.amazon.com/athena/pricing/",
    keywords=("sql", "query", "data lake"),
)
