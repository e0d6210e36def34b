"""Reading the traffic part of an estimate document."""

from collections.abc import Mapping
from decimal import Decimal

from webapp.domain.traffic import Traffic, Volume
from webapp.domain.words import N_, phrase
from webapp.pricing.declaration import MAX_USAGE
from webapp.pricing.reading import Reader, known_fields

FIELDS = ("volume", "unit", "average_payload_bytes", "measures")
MAX_MEASURES = 100
MAX_PAYLOAD_BYTES = Decimal(1024**3)


def read_traffic(reader: Reader, pointer: str, raw: object) -> Traffic:
    """Volume (one number, or low/expected/high), its unit, the average payload and the measures."""
    fields = reader.mapping(pointer, raw) or {}
    known_fields(reader, pointer, fields, FIELDS)
    payload = fields.get("average_payload_bytes")
    bytes_each = (
        None
        if payload is None
        else reader.number(f"{pointer}/average_payload_bytes", payload, maximum=MAX_PAYLOAD_BYTES, whole=True)
    )
    return Traffic(
        unit=reader.word(f"{pointer}/unit", fields.get("unit") or "events") or "events",
        volume=_volume(reader, f"{pointer}/volume", fields.get("volume")),
        average_payload_bytes=None if bytes_each is None else int(bytes_each),
        measures=_measures(reader, f"{pointer}/measures", fields.get("measures")),
    )


def _volume(reader: Reader, pointer: str, raw: object) -> Volume | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        amount = reader.number(pointer, raw, maximum=MAX_USAGE)
        return None if amount is None else Volume(amount)
    known_fields(reader, pointer, raw, ("low", "expected", "high"))
    low, expected, high = (
        None if raw.get(name) is None else reader.number(f"{pointer}/{name}", raw[name], maximum=MAX_USAGE)
        for name in ("low", "expected", "high")
    )
    if expected is None:
        if raw.get("expected") is None:
            reader.problem(
                f"{pointer}/expected", phrase(N_("State the expected monthly volume beside low and high."))
            )
        return None
    if (low is not None and low > expected) or (high is not None and high < expected):
        reader.problem(pointer, phrase(N_("Low, expected and high must not fall: low ≤ expected ≤ high.")))
    return Volume(expected, low, high)


def _measures(reader: Reader, pointer: str, raw: object) -> dict[str, Decimal]:
    fields = reader.mapping(pointer, raw) or {}
    if len(fields) > MAX_MEASURES:
        reader.problem(pointer, phrase(N_("At most %(n)s entries."), n=MAX_MEASURES))
        return {}
    read = {
        name: reader.number(f"{pointer}/{name}", value, maximum=MAX_USAGE)
        for name, value in fields.items()
        if reader.word(f"{pointer}/{name}", name) is not None
    }
    return {name: value for name, value in read.items() if value is not None}
