"""Reading prices a document states itself: a negotiated price, or one taken from an invoice."""

from decimal import Decimal

from webapp.domain.words import N_, phrase
from webapp.pricing.commitments import find_price_key
from webapp.pricing.declaration import MAX_USAGE
from webapp.pricing.prices import Tier
from webapp.pricing.reading import Reader

MAX_TIERS = 20
#: USD for one unit; a thousand times what a whole region of AWS costs anybody is a slip of the decimal point.
MAX_PRICE = Decimal(1_000_000_000)


def read_prices(reader: Reader, pointer: str, raw: object) -> dict[str, tuple[Tier, ...]]:
    """Tiers by price key, from one USD amount or a list of [from, to or null, USD]."""
    stated: dict[str, tuple[Tier, ...]] = {}
    for key, value in (reader.mapping(pointer, raw) or {}).items():
        where = f"{pointer}/{key}"
        if find_price_key(key) is None:
            reader.problem(
                where, phrase(N_("No service bills by this key. See the services list for the keys."))
            )
        elif isinstance(value, list | tuple):
            stated[key] = _tiers(reader, where, reader.sequence(where, value, maximum=MAX_TIERS))
        elif (usd := _usd(reader, where, value)) is not None:
            stated[key] = (Tier(Decimal(0), None, usd),)
    return stated


def _usd(reader: Reader, pointer: str, raw: object) -> Decimal | None:
    # Prices were kept before they had a maximum.
    return reader.number(pointer, raw, maximum=None if reader.is_kept else MAX_PRICE)


def _units(reader: Reader, pointer: str, raw: object) -> Decimal | None:
    """Where a tier starts or ends."""
    return reader.number(pointer, raw, maximum=None if reader.is_kept else MAX_USAGE)


def _tiers(reader: Reader, pointer: str, rows: list[object]) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    for index, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != 3:
            reader.problem(f"{pointer}/{index}", phrase(N_("A tier is written [from, to or null, USD].")))
            continue
        start = _units(reader, f"{pointer}/{index}/0", row[0])
        end = None if row[1] is None else _units(reader, f"{pointer}/{index}/1", row[1])
        usd = _usd(reader, f"{pointer}/{index}/2", row[2])
        if start is not None and usd is not None:
            tiers.append(Tier(start, end, usd))
    if not joined(tuple(tiers)):
        reader.problem(
            pointer, phrase(N_("Tiers must start at 0, follow each other without a gap, and end open."))
        )
    return tuple(tiers)


def joined(tiers: tuple[Tier, ...]) -> bool:
    """Whether tiers cover every quantity exactly once: from zero, without gap or overlap, open at the end."""
    starts = [tier.start for tier in tiers]
    ends: list[Decimal | None] = [tier.end for tier in tiers]
    return bool(tiers) and starts[0] == 0 and ends[-1] is None and starts[1:] == ends[:-1]
