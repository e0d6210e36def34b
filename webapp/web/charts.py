"""Geometry of the small charts; templates draw them with presentation attributes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_babel import gettext as _

from webapp.services.recordings import RecordedPoint
from webapp.services.regions import RegionBill
from webapp.web.presentation import amount

#: The drawing is this many units wide and high; the page stretches it.
WIDTH, HEIGHT = 600, 80


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`line` and `area` are SVG point lists; `points` are the values behind them, silent minutes included."""

    line: str
    area: str
    points: tuple[RecordedPoint, ...]
    peak: int


def sparkline(recorded: Sequence[RecordedPoint], until: datetime, minutes: int = 30) -> Sparkline:
    """Events per minute over the `minutes` that end at `until`; a minute without events is zero."""
    last = until.replace(second=0, microsecond=0)
    by_minute = {point.minute_at: point for point in recorded}
    span = [last - timedelta(minutes=back) for back in range(minutes - 1, -1, -1)]
    points = tuple(by_minute.get(at, RecordedPoint(at, 0, 0)) for at in span)
    peak = max(point.events for point in points)
    line = " ".join(
        f"{index * WIDTH / (minutes - 1):.1f},{_height(point.events, peak):.1f}"
        for index, point in enumerate(points)
    )
    return Sparkline(line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", points, peak)


#: Length of the longest ranked bar in percent of the drawing: a label stands before it, an amount after it.
BAR_SPAN = 46
#: Units from one bar to the next.
BAR_STEP = 24


@dataclass(frozen=True, slots=True)
class RankedBar:
    """One bar of a ranking: `top` in units, `length` in percent of the drawing's width.

    `kind` says how it is drawn: "home" for the one compared with, "part" for an amount that is not all.
    """

    label: str
    shown: str
    kind: str
    top: int
    length: str


def region_bars(bills: Sequence[RegionBill], home: str) -> tuple[RankedBar, ...]:
    """A bar for each bill in the order given; the dearest has the whole span."""
    most = max((bill.total for bill in bills), default=Decimal(0)) or Decimal(1)
    return tuple(
        RankedBar(
            label=bill.region,
            shown=_("unpriced") if bill.is_unknown else amount(bill.total),
            kind=" ".join(["home"] * (bill.region == home) + ["part"] * (not bill.is_complete)),
            top=index * BAR_STEP,
            length=f"{BAR_SPAN * max(bill.total, Decimal(0)) / most:.2f}",
        )
        for index, bill in enumerate(bills)
    )


def _height(events: int, peak: int) -> float:
    # Two units of air above the peak and below zero keep the stroke inside the drawing.
    return HEIGHT - 2 - (HEIGHT - 4) * events / peak if peak else HEIGHT - 2
