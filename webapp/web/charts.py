"""Geometry of the small charts; templates draw them with presentation attributes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.services.recordings import RecordedPoint

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


def _height(events: int, peak: int) -> float:
    # Two units of air above the peak and below zero keep the stroke inside the drawing.
    return HEIGHT - 2 - (HEIGHT - 4) * events / peak if peak else HEIGHT - 2
