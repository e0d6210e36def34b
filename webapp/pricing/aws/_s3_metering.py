"""How AWS meters S3: from settings and monthly usage to billed quantities. GB are of 2^30 bytes."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._rounding import KB_PER_GB
from webapp.pricing.aws._s3_prices import SELECT_CLASSES
from webapp.pricing.aws._volume import how_gb, stated_gb
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, Quantity

#: Classes that bill every object as at least 128 KB (S3 user guide, "storage classes"), the smaller ones
#: by a line of their own (a bill's `TimedStorage-SIA-SmObjects`).
PADDED = ("standard_ia", "onezone_ia", "glacier_ir")
#: Intelligent-Tiering neither watches nor moves smaller objects (same guide). KB.
LEAST_KB = Decimal(128)
#: Index of each archived object: 32 KB at the archive's price and 8 KB at Standard's (same guide).
ARCHIVE_INDEX_KB, STANDARD_INDEX_KB = Decimal(32), Decimal(8)
ARCHIVED = ("glacier_flexible", "deep_archive")


def s3_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one bucket, or one storage class of it, is billed for in a month."""
    storage_class = inputs.choice("storage_class")
    yield from _storage(inputs, storage_class)
    yield from _requests(inputs, storage_class)
    yield from _retrievals(inputs, storage_class)
    yield from counted(inputs, _OVERSIGHT)
    if storage_class in SELECT_CLASSES:
        yield from counted(inputs, _select(storage_class))


def _storage(inputs: Inputs, storage_class: str) -> Iterator[Quantity]:
    if storage_class == "int":
        yield from _intelligent_tiering(inputs)
        return
    key, gb = f"s3.{storage_class}.storage", stated_gb(inputs, "storage_gb", "stored_bytes")
    yield Quantity(key, gb, how_gb(inputs, "storage_gb", "stored_bytes"))
    yield from counted(
        inputs, ((key, "early_delete_gb", N_("%(n)s GB-months left of the minimum duration")),)
    )
    if storage_class in PADDED:
        yield from _padding(inputs, key, gb)
    if storage_class in ARCHIVED:
        yield from _archive_index(inputs, key, gb)


def _padding(inputs: Inputs, key: str, gb: Decimal) -> Iterator[Quantity]:
    """What small objects are billed beyond their size. Not with the storage: a bill shows it apart."""
    object_kb = inputs.number("object_kb")
    yield from counted(inputs, ((key, "small_object_gb", N_("%(n)s GB-months up to 128 KB an object")),))
    if 0 < object_kb < LEAST_KB:
        yield Quantity(
            key,
            gb * (LEAST_KB - object_kb) / object_kb,
            wording(
                "%(gb)s GB / %(size)s KB an object × %(missing)s KB up to 128 KB",
                gb=gb,
                size=object_kb,
                missing=LEAST_KB - object_kb,
            ),
        )


def _archive_index(inputs: Inputs, key: str, gb: Decimal) -> Iterator[Quantity]:
    object_kb = inputs.number("object_kb")
    if object_kb <= 0:
        return
    for index_key, index_kb in ((key, ARCHIVE_INDEX_KB), ("s3.standard.storage", STANDARD_INDEX_KB)):
        yield Quantity(
            index_key,
            gb / object_kb * index_kb,
            wording(
                "%(gb)s GB / %(size)s KB an object × %(index)s KB of index",
                gb=gb,
                size=object_kb,
                index=index_kb,
            ),
        )


def _intelligent_tiering(inputs: Inputs) -> Iterator[Quantity]:
    frequent = stated_gb(inputs, "storage_gb", "stored_bytes")
    yield Quantity("s3.int.fa", frequent, how_gb(inputs, "storage_gb", "stored_bytes"))
    yield from counted(inputs, _TIERS)
    archived = (("s3.int.aa", inputs["archive_access_gb"]), ("s3.int.daa", inputs["deep_archive_access_gb"]))
    for key, gb in archived:
        for index in _archive_index(inputs, key, gb):
            # The 8 KB stay in the frequent tier of this class, not in Standard.
            yield index if index.key == key else Quantity("s3.int.fa", index.amount, index.how)
    gb = frequent + sum((inputs[usage] for _, usage, _ in _TIERS), Decimal(0))
    object_kb, stated = inputs.number("object_kb"), inputs["monitored_objects"]
    monitored = gb * KB_PER_GB / object_kb if object_kb >= LEAST_KB else Decimal(0)
    yield Quantity(
        "s3.int.monitoring",
        monitored + stated,
        wording("%(n)s objects of 128 KB or more", n=monitored + stated),
    )


_TIERS = (
    ("s3.int.ia", "infrequent_access_gb", N_("%(n)s GB")),
    ("s3.int.aia", "archive_instant_gb", N_("%(n)s GB")),
    ("s3.int.aa", "archive_access_gb", N_("%(n)s GB")),
    ("s3.int.daa", "deep_archive_access_gb", N_("%(n)s GB")),
)
_OVERSIGHT = (
    ("s3.lifecycle.to_ia", "transitions_to_ia", N_("%(n)s objects")),
    ("s3.lifecycle.to_int", "transitions_to_intelligent_tiering", N_("%(n)s objects")),
    ("s3.lifecycle.to_glacier_ir", "transitions_to_glacier_ir", N_("%(n)s objects")),
    ("s3.lifecycle.to_glacier", "transitions_to_glacier_flexible", N_("%(n)s objects")),
    ("s3.lifecycle.to_deep_archive", "transitions_to_deep_archive", N_("%(n)s objects")),
    ("s3.inventory", "inventory_objects", N_("%(n)s objects")),
    ("s3.analytics", "analysed_objects", N_("%(n)s objects")),
    ("s3.tags", "tags", N_("%(n)s tags")),
)


def _requests(inputs: Inputs, storage_class: str) -> Iterator[Quantity]:
    for kind in ("put", "get"):
        key = f"s3.{storage_class}.{kind}"
        yield from counted(inputs, ((key, f"{kind}_requests", N_("%(n)s requests")),))


def _select(storage_class: str) -> tuple[tuple[str, str, str], ...]:
    return (
        (f"s3.{storage_class}.select_scanned", "select_scanned_gb", N_("%(n)s GB scanned")),
        (f"s3.{storage_class}.select_returned", "select_returned_gb", N_("%(n)s GB returned")),
    )


#: Price by class and retrieval speed; what is missing is free (Glacier Flexible in bulk) or not offered.
_RETRIEVAL = {
    ("standard_ia", ""): "s3.standard_ia.retrieval",
    ("onezone_ia", ""): "s3.onezone_ia.retrieval",
    ("glacier_ir", ""): "s3.glacier_ir.retrieval",
    ("glacier_flexible", ""): "s3.glacier_flexible.retrieval_standard",
    ("glacier_flexible", "expedited_"): "s3.glacier_flexible.retrieval_expedited",
    ("deep_archive", ""): "s3.deep_archive.retrieval_standard",
    ("deep_archive", "bulk_"): "s3.deep_archive.retrieval_bulk",
}
_RESTORE = {
    ("glacier_flexible", ""): "s3.glacier_flexible.restore_standard",
    ("glacier_flexible", "expedited_"): "s3.glacier_flexible.restore_expedited",
    ("deep_archive", ""): "s3.deep_archive.restore_standard",
    ("deep_archive", "bulk_"): "s3.deep_archive.restore_bulk",
}


def _retrievals(inputs: Inputs, storage_class: str) -> Iterator[Quantity]:
    for speed in ("", "expedited_", "bulk_"):
        retrieval, restore = _RETRIEVAL.get((storage_class, speed)), _RESTORE.get((storage_class, speed))
        if retrieval:
            yield from counted(inputs, ((retrieval, f"{speed}retrieval_gb", N_("%(n)s GB retrieved")),))
        if restore:
            yield from counted(inputs, ((restore, f"{speed}restore_requests", N_("%(n)s restores")),))
