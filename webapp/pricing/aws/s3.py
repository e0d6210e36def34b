"""Amazon S3: storage classes, requests, retrieval, lifecycle, S3 Select, inventory and tags."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._s3_metering import s3_quantities
from webapp.pricing.aws._s3_prices import PRICES
from webapp.pricing.declaration import Allowance, ServiceModel

_TIERING = ("storage_class", "int")

SETTINGS = (
    choice(
        "storage_class",
        N_("Storage class"),
        (
            ("standard", N_("Standard")),
            ("int", N_("Intelligent-Tiering")),
            ("standard_ia", N_("Standard-Infrequent Access")),
            ("onezone_ia", N_("One Zone-Infrequent Access")),
            ("glacier_ir", N_("Glacier Instant Retrieval")),
            ("glacier_flexible", N_("Glacier Flexible Retrieval")),
            ("deep_archive", N_("Glacier Deep Archive")),
            ("express", N_("Express One Zone")),
        ),
        N_("One resource is one class; a bucket that uses two is two resources."),
    ),
    decimal(
        "object_kb",
        N_("Average object size"),
        "KB",
        0,
        (0, 50_000_000_000),
        N_(
            "For the 128 KB minimum, the index of archived objects and Intelligent-Tiering monitoring. "
            "0: not known, these are left out."
        ),
    ),
)

_STORAGE = (
    monthly(
        "storage_gb",
        N_("Stored data"),
        "GB",
        N_("Average over the month. Intelligent-Tiering: what is in frequent access."),
        per="",
    ),
    monthly(
        "stored_bytes",
        N_("Stored data, in bytes"),
        "bytes",
        N_("Added to the GB above; what a month brings × the months it is kept."),
        per="bytes",
    ),
    monthly("infrequent_access_gb", N_("In infrequent access"), "GB", per="", shown_when=_TIERING),
    monthly("archive_instant_gb", N_("In archive instant access"), "GB", per="", shown_when=_TIERING),
    monthly("archive_access_gb", N_("In archive access"), "GB", per="", shown_when=_TIERING),
    monthly("deep_archive_access_gb", N_("In deep archive access"), "GB", per="", shown_when=_TIERING),
    monthly(
        "monitored_objects",
        N_("Further monitored objects"),
        "objects",
        N_("Added to those that follow from data and object size."),
        per="",
        shown_when=_TIERING,
    ),
)
#: What a class's minimum size and duration add; seldom stated, so it stands behind the requests.
_MINIMUMS = (
    monthly(
        "small_object_gb",
        N_("Further padding of small objects"),
        "GB",
        N_("GB-months up to 128 KB an object, from a bill. IA classes and Glacier Instant only."),
        per="",
    ),
    monthly(
        "early_delete_gb",
        N_("Deleted before the minimum duration"),
        "GB",
        N_("GB × months left: 30 days for IA, 90 for Glacier Instant and Flexible, 180 for Deep Archive."),
        per="",
    ),
)
_REQUESTS = (
    monthly("put_requests", N_("PUT, COPY, POST, LIST requests"), "requests"),
    monthly("get_requests", N_("GET, SELECT and other requests"), "requests", N_("DELETE is free.")),
    monthly("retrieval_gb", N_("Retrieved"), "GB", N_("IA and Glacier classes; standard speed."), per=""),
    monthly("expedited_retrieval_gb", N_("Retrieved, expedited"), "GB", N_("Glacier Flexible only."), per=""),
    monthly("bulk_retrieval_gb", N_("Retrieved in bulk"), "GB", N_("Free from Glacier Flexible."), per=""),
    monthly("restore_requests", N_("Restore requests"), "requests", N_("Glacier classes."), per=""),
    monthly(
        "expedited_restore_requests",
        N_("Restore requests, expedited"),
        "requests",
        N_("Glacier Flexible only."),
        per="",
    ),
    monthly(
        "bulk_restore_requests",
        N_("Restore requests in bulk"),
        "requests",
        N_("Free from Glacier Flexible."),
        per="",
    ),
)
_OVERSIGHT = (
    monthly("transitions_to_ia", N_("Lifecycle transitions to an IA class"), "objects"),
    monthly(
        "transitions_to_intelligent_tiering", N_("Lifecycle transitions to Intelligent-Tiering"), "objects"
    ),
    monthly("transitions_to_glacier_ir", N_("Lifecycle transitions to Glacier Instant"), "objects"),
    monthly("transitions_to_glacier_flexible", N_("Lifecycle transitions to Glacier Flexible"), "objects"),
    monthly("transitions_to_deep_archive", N_("Lifecycle transitions to Deep Archive"), "objects"),
    monthly("select_scanned_gb", N_("Scanned by S3 Select"), "GB", per=""),
    monthly("select_returned_gb", N_("Returned by S3 Select"), "GB", per=""),
    monthly("inventory_objects", N_("Objects listed by inventory"), "objects", per=""),
    monthly("analysed_objects", N_("Objects in storage class analysis"), "objects", per=""),
    monthly("tags", N_("Object tags"), "tags", per=""),
)


def _first_year(name: str, label: str, key: str, quantity: int) -> Allowance:
    source = "AWS free tier page; for accounts opened before 2025-07-15"
    return Allowance(name, label, (key,), Decimal(quantity), "first-12-months", source)


SERVICE = ServiceModel(
    code="s3",
    name="Amazon S3",
    category=N_("Storage"),
    summary=N_("Objects billed per GB-month by storage class, per request and per GB retrieved."),
    settings=SETTINGS,
    usage=(*_STORAGE, *_REQUESTS, *_MINIMUMS, *_OVERSIGHT),
    prices=PRICES,
    allowances=(
        _first_year("s3_storage", N_("5 GB of Standard storage"), "s3.standard.storage", 5),
        _first_year("s3_put", N_("2,000 PUT requests to Standard"), "s3.standard.put", 2_000),
        _first_year("s3_get", N_("20,000 GET requests to Standard"), "s3.standard.get", 20_000),
    ),
    quantities=s3_quantities,
    assumptions=(
        N_("S3 objects stay for the minimum duration of their class unless early deletion is stated."),
        N_("S3 objects without a stated size are priced by their GB alone, without minimum or index."),
    ),
    pricing_page="https://aws.amazon.com/s3/pricing/",
    keywords=("bucket", "objects", "storage", "glacier", "archive"),
)
