"""Amazon OpenSearch Serverless and Ingestion: compute units by the hour, and storage."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    for count, further, key in (
        ("indexing_ocus", "", "aoss.ocu_hour"),
        ("search_ocus", "ocu_hours", "aoss.ocu_hour"),
        ("ingestion_ocus", "ingestion_ocu_hours", "osis.ocu_hour"),
    ):
        hours, how = counted_hours(inputs, count, further)
        if hours:
            yield Quantity(key, hours, how)
    stored = inputs.number("storage_gb")
    if stored:
        yield Quantity("aoss.storage", stored, wording("%(n)s GB kept all month", n=stored))


SERVICE = ServiceModel(
    code="opensearch_serverless",
    name="Amazon OpenSearch Serverless",
    category=N_("Analytics"),
    summary=N_("Collections and ingestion pipelines billed by compute unit and hour."),
    settings=(
        decimal(
            "indexing_ocus",
            N_("Indexing units (OCU)"),
            "OCU",
            1,
            (0, 10_000),
            N_("On average. The first collection takes one, or half without redundancy."),
        ),
        decimal(
            "search_ocus",
            N_("Search units (OCU)"),
            "OCU",
            1,
            (0, 10_000),
            N_("On average. The first collection takes one, or half without redundancy."),
        ),
        decimal("ingestion_ocus", N_("Ingestion units (OCU)"), "OCU", 0, (0, 10_000), N_("Of pipelines.")),
        hours_setting(),
        decimal("storage_gb", N_("Data kept"), "GB", 0, (0, 100_000_000)),
    ),
    usage=(
        further_hours("ocu_hours", N_("Further collection OCU hours")),
        further_hours("ingestion_ocu_hours", N_("Further ingestion OCU hours")),
    ),
    prices=(
        # Indexing costs the same and is listed as IndexingOCU.
        PriceKey("aoss.ocu_hour", N_("Collections"), "OCU-Hour", "AmazonES", {"usagetype": "SearchOCU"}),
        PriceKey(
            "aoss.storage", N_("Data kept"), "GB-Mo", "AmazonES", {"usagetype": "StorageUsedInS3ByteHour"}
        ),
        PriceKey("osis.ocu_hour", N_("Ingestion"), "OCU-Hour", "AmazonES"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/opensearch-service/pricing/",
    keywords=("vector search", "ocu", "ingestion"),
)
