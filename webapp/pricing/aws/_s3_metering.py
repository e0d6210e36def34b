"""How AWS meters S3: from settings and monthly usage to billed quantities. GB are of 2^30 bytes."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, figure, phrase
from webapp.pricing.aws._rounding import KB_PER_GB
from webapp.pricing.aws._s3_prices import SELECT_CLASSES
from webapp.pricing.aws._volume import how_gb, stated_gb
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
    yield from _counted(inputs, _OVERSIGHT)
    if storage_class in SELECT_CLASSES:
        for kind in ("scanned", "returned"):
            gb = inputs[f"select_{kind}_gb"]
            yield Quantity(f"s3.{storage_class}.select_{kind}", gb, phrase("%(gb)s GB", gb=figure(gb)))


def _storage(inputs: Inputs, storage_class: str) -> Iterator[Quantity]:
    if storage_class == "int":
        yield from _intelligent_tiering(inputs)
        return
    key, gb = f"s3.{storage_class}.storage", stated_gb(inputs, "storage_gb", "stored_bytes")
    yield Quantity(key, gb, how_gb(inputs, "storage_gb", "stored_bytes"))
    early = inputs["early_delete_gb"]
    yield Quantity(key, early, phrase("%(gb)s GB-months left of the minimum duration", gb=figure(early)))
    if storage_class in PADDED:
        yield from _padding(inputs, key, gb)
    if storage_class in ARCHIVED:
        yield from _archive_index(inputs, key, gb)


def _padding(inputs: Inputs, key: str, gb: Decimal) -> Iterator[Quantity]:
    """What small objects are billed beyond their size. Not with the storage: a bill shows it apart."""
    object_kb, stated = inputs.number("object_kb"), inputs["small_object_gb"]
    yield Quantity(key, stated, phrase("%(gb)s GB-months up to 128 KB an object", gb=figure(stated)))
    if 0 < object_kb < LEAST_KB:
        yield Quantity(
            key,
            gb * (LEAST_KB - object_kb) / object_kb,
            phrase(
                "%(gb)s GB / %(size)s KB an object × %(missing)s KB up to 128 KB",
                gb=figure(gb),
                size=figure(object_kb),
                missing=figure(LEAST_KB - object_kb),
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
            phrase(
                "%(gb)s GB / %(size)s KB an object × %(index)s KB of index",
                gb=figure(gb),
                size=figure(object_kb),
                index=figure(index_kb),
            ),
        )


def _intelligent_tiering(inputs: Inputs) -> Iterator[Quantity]:
    frequent = stated_gb(inputs, "storage_gb", "stored_bytes")
    yield Quantity("s3.int.fa", frequent, how_gb(inputs, "storage_gb", "stored_bytes"))
    yield from _counted(inputs, _TIERS)
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
        phrase("%(n)s objects of 128 KB or more", n=figure(monitored + stated)),
    )


_TIERS = (
    ("s3.int.ia", "infrequent_access_gb", N_("GB")),
    ("s3.int.aia", "archive_instant_gb", N_("GB")),
    ("s3.int.aa", "archive_access_gb", N_("GB")),
    ("s3.int.daa", "deep_archive_access_gb", N_("GB")),
)
_OVERSIGHT = (
    ("s3.lifecycle.to_ia", "transitions_to_ia", N_("objects")),
    ("s3.lifecycle.to_int", "transitions_to_intelligent_tiering", N_("objects")),
    ("s3.lifecycle.to_glacier_ir", "transitions_to_glacier_ir", N_("objects")),
    ("s3.lifecycle.to_glacier", "transitions_to_glacier_flexible", N_("objects")),
    ("s3.lifecycle.to_deep_archive", "transitions_to_deep_archive", N_("objects")),
    ("s3.inventory", "inventory_objects", N_("objects")),
    ("s3.analytics", "analysed_objects", N_("objects")),
    ("s3.tags", "tags", N_("tags")),
)


def _counted(inputs: Inputs, lines: tuple[tuple[str, str, str], ...]) -> Iterator[Quantity]:
    for key, usage, unit in lines:
        yield Quantity(key, inputs[usage], phrase("%(n)s %(unit)s", n=figure(inputs[usage]), unit=unit))


def _requests(inputs: Inputs, storage_class: str) -> Iterator[Quantity]:
    for kind in ("put", "get"):
        requests = inputs[f"{kind}_requests"]
        yield Quantity(f"s3.{storage_class}.{kind}", requests, phrase("%(n)s requests", n=figure(requests)))


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
        gb, restores = inputs[f"{speed}retrieval_gb"], inputs[f"{speed}restore_requests"]
        if (storage_class, speed) in _RETRIEVAL:
            yield Quantity(_RETRIEVAL[storage_class, speed], gb, phrase("%(gb)s GB retrieved", gb=figure(gb)))
        if (storage_class, speed) in _RESTORE:
            yield Quantity(
                _RESTORE[storage_class, speed], restores, phrase("%(n)s restores", n=figure(restores))
            )
