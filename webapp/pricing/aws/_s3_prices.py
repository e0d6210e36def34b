"""The prices Amazon S3 bills by, per storage class, and where the AWS Price List keeps each."""

from webapp.domain.words import N_
from webapp.pricing.declaration import PriceKey


def _price(key: str, label: str, unit: str, usagetype: str, operation: str = "") -> PriceKey:
    # Deep Archive has an offer of its own; its GET requests are in the one of S3.
    archive = key.startswith("deep_archive.") and key != "deep_archive.get"
    selector = {"usagetype": usagetype} | ({"operation": operation} if operation else {})
    return PriceKey(
        f"s3.{key}", label, unit, "AmazonS3GlacierDeepArchive" if archive else "AmazonS3", selector
    )


#: Class by the code in its usage types. Standard has none.
_REQUEST_CODES = (
    ("int", "INT-", N_("Write requests (Intelligent-Tiering)"), N_("Read requests (Intelligent-Tiering)")),
    ("standard_ia", "SIA-", N_("Write requests (Standard-IA)"), N_("Read requests (Standard-IA)")),
    ("onezone_ia", "ZIA-", N_("Write requests (One Zone-IA)"), N_("Read requests (One Zone-IA)")),
    ("glacier_ir", "GIR-", N_("Write requests (Glacier Instant)"), N_("Read requests (Glacier Instant)")),
    (
        "glacier_flexible",
        "GLACIER-",
        N_("Write requests (Glacier Flexible)"),
        N_("Read requests (Glacier Flexible)"),
    ),
    ("deep_archive", "GDA-", N_("Write requests (Deep Archive)"), N_("Read requests (Deep Archive)")),
    ("express", "XZ-", N_("Write requests (Express One Zone)"), N_("Read requests (Express One Zone)")),
    ("standard", "", N_("Write requests (Standard)"), N_("Read requests (Standard)")),
)

_STORAGE = (
    _price("standard.storage", N_("Standard storage"), "GB-Mo", "TimedStorage-ByteHrs"),
    _price("int.fa", N_("Intelligent-Tiering, frequent access"), "GB-Mo", "TimedStorage-INT-FA-ByteHrs"),
    _price("int.ia", N_("Intelligent-Tiering, infrequent access"), "GB-Mo", "TimedStorage-INT-IA-ByteHrs"),
    _price("int.aia", N_("Intelligent-Tiering, archive instant"), "GB-Mo", "TimedStorage-INT-AIA-ByteHrs"),
    _price("int.aa", N_("Intelligent-Tiering, archive access"), "GB-Mo", "TimedStorage-INT-AA-ByteHrs"),
    _price("int.daa", N_("Intelligent-Tiering, deep archive"), "GB-Mo", "TimedStorage-INT-DAA-ByteHrs"),
    _price(
        "int.monitoring",
        N_("Intelligent-Tiering monitoring"),
        "Object-month",
        "Monitoring-Automation-INT",
    ),
    _price("standard_ia.storage", N_("Standard-IA storage"), "GB-Mo", "TimedStorage-SIA-ByteHrs"),
    _price("onezone_ia.storage", N_("One Zone-IA storage"), "GB-Mo", "TimedStorage-ZIA-ByteHrs"),
    _price("glacier_ir.storage", N_("Glacier Instant storage"), "GB-Mo", "TimedStorage-GIR-ByteHrs"),
    _price(
        "glacier_flexible.storage", N_("Glacier Flexible storage"), "GB-Mo", "TimedStorage-GlacierByteHrs"
    ),
    _price("deep_archive.storage", N_("Deep Archive storage"), "GB-Mo", "TimedStorage-GDA-ByteHrs"),
    _price("express.storage", N_("Express One Zone storage"), "GB-Mo", "TimedStorage-XZ-ByteHrs"),
)

_REQUESTS = tuple(
    _price(f"{code}.{kind}", label, "Request", f"Requests-{prefix}Tier{tier}")
    for code, prefix, write, read in _REQUEST_CODES
    for kind, label, tier in (("put", write, 1), ("get", read, 2))
)

_STANDARD_BYTES, _BULK_BYTES = "Standard-Retrieval-Bytes", "Bulk-Retrieval-Bytes"
_RESTORE, _DEEP_RESTORE = "RestoreObject", "DeepArchiveRestoreObject"
_RETRIEVAL = (
    _price("standard_ia.retrieval", N_("Retrieval (Standard-IA)"), "GB", "Retrieval-SIA"),
    _price("onezone_ia.retrieval", N_("Retrieval (One Zone-IA)"), "GB", "Retrieval-ZIA"),
    _price("glacier_ir.retrieval", N_("Retrieval (Glacier Instant)"), "GB", "Retrieval-GIR"),
    _price(
        "glacier_flexible.retrieval_standard",
        N_("Standard retrieval (Glacier Flexible)"),
        "GB",
        _STANDARD_BYTES,
        _RESTORE,
    ),
    _price(
        "glacier_flexible.retrieval_expedited",
        N_("Expedited retrieval (Glacier Flexible)"),
        "GB",
        "Expedited-Retrieval-Bytes",
        _RESTORE,
    ),
    _price(
        "deep_archive.retrieval_standard",
        N_("Standard retrieval (Deep Archive)"),
        "GB",
        _STANDARD_BYTES,
        _DEEP_RESTORE,
    ),
    _price(
        "deep_archive.retrieval_bulk",
        N_("Bulk retrieval (Deep Archive)"),
        "GB",
        _BULK_BYTES,
        _DEEP_RESTORE,
    ),
    _price(
        "glacier_flexible.restore_standard",
        N_("Standard restore requests (Glacier Flexible)"),
        "Request",
        "Requests-Tier3",
        _RESTORE,
    ),
    _price(
        "glacier_flexible.restore_expedited",
        N_("Expedited restore requests (Glacier Flexible)"),
        "Request",
        "Requests-Tier6",
        _RESTORE,
    ),
    _price(
        "deep_archive.restore_standard",
        N_("Standard restore requests (Deep Archive)"),
        "Request",
        "Requests-GDA-Tier3",
        _DEEP_RESTORE,
    ),
    _price(
        "deep_archive.restore_bulk",
        N_("Bulk restore requests (Deep Archive)"),
        "Request",
        "Requests-GDA-Tier5",
        _DEEP_RESTORE,
    ),
)

_TRANSITIONS = (
    _price("lifecycle.to_ia", N_("Transitions to IA"), "Request", "Requests-Tier4", "S3-SIATransition"),
    _price(
        "lifecycle.to_int",
        N_("Transitions to Intelligent-Tiering"),
        "Request",
        "Requests-Tier4",
        "S3-INTTransition",
    ),
    _price(
        "lifecycle.to_glacier_ir",
        N_("Transitions to Glacier Instant"),
        "Request",
        "Requests-Tier4",
        "S3-GIRTransition",
    ),
    _price(
        "lifecycle.to_glacier",
        N_("Transitions to Glacier Flexible"),
        "Request",
        "Requests-Tier3",
        "S3-GlacierTransition",
    ),
    _price(
        "lifecycle.to_deep_archive",
        N_("Transitions to Deep Archive"),
        "Request",
        "Requests-Tier3",
        "S3-GDATransition",
    ),
)

_SELECTS = (
    ("standard", "", N_("S3 Select scanned (Standard)"), N_("S3 Select returned (Standard)")),
    (
        "int",
        "INT-",
        N_("S3 Select scanned (Intelligent-Tiering)"),
        N_("S3 Select returned (Intelligent-Tiering)"),
    ),
    ("standard_ia", "SIA-", N_("S3 Select scanned (Standard-IA)"), N_("S3 Select returned (Standard-IA)")),
    ("onezone_ia", "ZIA-", N_("S3 Select scanned (One Zone-IA)"), N_("S3 Select returned (One Zone-IA)")),
    (
        "glacier_ir",
        "GIR-",
        N_("S3 Select scanned (Glacier Instant)"),
        N_("S3 Select returned (Glacier Instant)"),
    ),
)
#: Classes S3 Select reads.
SELECT_CLASSES = tuple(code for code, *_ in _SELECTS)
_SELECT = tuple(
    _price(f"{code}.select_{kind}", label, "GB", f"Select-{kind.title()}-{prefix}Bytes")
    for code, prefix, scanned, returned in _SELECTS
    for kind, label in (("scanned", scanned), ("returned", returned))
)

_OVERSIGHT = (
    _price("inventory", N_("Inventory"), "Object", "Inventory-ObjectsListed"),
    _price("analytics", N_("Storage class analysis"), "Object-month", "StorageAnalytics-ObjCount"),
    _price("tags", N_("Object tags"), "Tag-month", "TagStorage-TagHrs"),
)

PRICES = (*_STORAGE, *_REQUESTS, *_RETRIEVAL, *_TRANSITIONS, *_SELECT, *_OVERSIGHT)
