"""Numbers as people type them, problems at their fields, and the geometry of the small chart."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from webapp.services.recordings import RecordedPoint
from webapp.web.charts import HEIGHT, WIDTH, sparkline
from webapp.web.fields import Field, field_at, read_number, typed_number

FIELDS = [
    Field(name, name, "text")
    for name in ("tags", "traffic.volume.low", "traffic.volume.expected", "usage.requests")
]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,234,567.5", "1234567.5"),
        (" 12 ", "12"),
        ("1,00", "1,00"),
        ("1.000,5", "1.000,5"),
        ("1,2345", "1,2345"),
    ],
)
def test_only_whole_groups_of_thousands_lose_their_commas(typed: str, read: str) -> None:
    assert read_number(typed) == read


@pytest.mark.parametrize("number", ["0", "0.000000000001", "1234567.25", "100000000000000000"])
def test_a_number_shown_in_a_field_reads_back_as_itself(number: str) -> None:
    assert Decimal(read_number(typed_number(Decimal(number)))) == Decimal(number)


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/tags/3", "tags"),
        ("/usage/requests/factor", "usage.requests"),
        ("/traffic/volume", "traffic.volume.low"),
        ("/traffic/volume/expected", "traffic.volume.expected"),
        ("/prices", None),
        ("", None),
    ],
)
def test_a_problem_is_told_at_the_field_it_means(pointer: str, name: str | None) -> None:
    assert field_at(pointer, FIELDS) == name


def test_silent_minutes_are_zero_and_the_peak_touches_the_top() -> None:
    now = datetime(2026, 3, 14, 9, 26, 30, tzinfo=UTC)
    last = now.replace(second=0)
    chart = sparkline([RecordedPoint(last, 10, 100), RecordedPoint(last - timedelta(minutes=29), 5, 50)], now)
    points = [[float(part) for part in point.split(",")] for point in chart.line.split()]
    assert len(points) == len(chart.points) == 30
    assert points[0] == [0, HEIGHT / 2]
    assert points[1][1] == HEIGHT - 2
    assert points[-1] == [WIDTH, 2]
    assert chart.peak == 10


def test_an_old_recording_draws_a_flat_line() -> None:
    now = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
    chart = sparkline([RecordedPoint(now - timedelta(days=2), 10, 100)], now)
    assert chart.peak == 0
    assert {point.split(",")[1] for point in chart.line.split()} == {f"{HEIGHT - 2:.1f}"}
