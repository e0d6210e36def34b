"""Volumes stated in GB, or in bytes so that the measure `bytes` of recorded traffic can drive them."""

from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, Usage

#: AWS counts storage and transfer in GB of 2^30 bytes (Amazon S3 pricing page, "GB-month").
BYTES_PER_GB = Decimal(2**30)


def stated_gb(inputs: Inputs, gb: str, in_bytes: str) -> Decimal:
    """GB of the usage `gb` plus the bytes of the usage `in_bytes`."""
    return inputs[gb] + inputs[in_bytes] / BYTES_PER_GB


def how_gb(inputs: Inputs, gb: str, in_bytes: str) -> Wording:
    """How `stated_gb` came about, in words."""
    stated, counted = inputs[gb], inputs[in_bytes]
    return added(
        (stated, wording("%(gb)s GB", gb=stated)),
        (counted, wording("%(bytes)s bytes / 1,073,741,824", bytes=counted)),
    )


def processed_bytes() -> Usage:
    """The usage `processed_bytes`: beside `processed_gb`, so that recorded traffic can drive it."""
    return monthly(
        "processed_bytes", N_("Data processed, in bytes"), "bytes", N_("Added to the GB above."), per="bytes"
    )
