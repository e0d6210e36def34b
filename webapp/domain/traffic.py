"""Traffic: how much of the business driver a month brings, and the measures that come with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from webapp.domain.measures import measures_of_payload

VolumeName = Literal["low", "expected", "high"]
VOLUME_NAMES: tuple[VolumeName, ...] = ("low", "expected", "high")


@dataclass(frozen=True, slots=True)
class Volume:
    """Monthly amount of the driver: the expected one, and what a quiet and a busy month bring."""

    expected: Decimal
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_range(self) -> bool:
        return self.low is not None or self.high is not None

    def named(self, name: VolumeName) -> Decimal:
        """The low, expected or high amount; a bound that was not given is the expected one."""
        bound = {"low": self.low, "expected": self.expected, "high": self.high}[name]
        return self.expected if bound is None else bound


@dataclass(frozen=True, slots=True)
class Traffic:
    """A month's traffic.

    `measures` are sums over a sample (a recording, or a typical month). When the sample holds the driver
    `unit`, all of it is scaled so that the driver reaches the monthly volume; otherwise it is taken as
    the month of the expected volume. Without a volume the sample is the month.
    `average_payload_bytes` fills in the chunk measures of traffic declared by hand.
    """

    unit: str = "events"
    volume: Volume | None = None
    average_payload_bytes: int | None = None
    measures: Mapping[str, Decimal] = field(default_factory=dict)

    def month(self, name: VolumeName) -> dict[str, Decimal]:
        """Every known measure of a low, expected or high month. A measure not in it is unknown, not zero."""
        sample = self._sample()
        if self.volume is None:
            return sample
        wanted = self.volume.named(name)
        base = sample.get(self.unit) or self.volume.expected
        # Nothing recorded of the driver means nothing to scale by: the volume alone is known.
        month = {key: value * wanted / base for key, value in sample.items()} if base else dict(sample)
        return month | {self.unit: wanted}

    def _sample(self) -> dict[str, Decimal]:
        events = self.measures.get("events")
        if events is None and self.unit == "events" and self.volume is not None:
            events = self.volume.expected
        if self.average_payload_bytes is None or events is None:
            return dict(self.measures)
        return measures_of_payload(events, self.average_payload_bytes) | dict(self.measures)
