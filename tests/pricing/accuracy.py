"""`make accuracy`: every golden invoice beside what we say, as a table, and as the page `docs/accuracy.md`.

It also renews the part of `docs/approximations.md` that the service declarations speak for. Exit code 1 when
an invoice is missed by more than its source allows.
"""

import sys
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from tests.pricing.golden import CENT, Exceptional, Golden, exceptions, golden_invoices
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.declaration import ServiceModel
from webapp.pricing.services import all_services

DOCS = Path(__file__).resolve().parents[2] / "docs"
ACCURACY = DOCS / "accuracy.md"
APPROXIMATIONS = DOCS / "approximations.md"
#: More unpriced labels than this are counted instead of named.
MANY = 10
_BEGIN, _END = "<!-- declared: begin -->\n", "<!-- declared: end -->\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice beside our figure, both as a bill prints them. `held` is False when it is missed."""

    golden: Golden
    ours: Decimal
    held: bool

    @property
    def difference(self) -> Decimal:
        """Ours less theirs, as printed."""
        return self.printed - self.golden.expected

    @property
    def printed(self) -> Decimal:
        """Ours to the cent, or with as many decimals as the source prints."""
        digits = min(CENT, Decimal(1).scaleb(int(self.golden.expected.as_tuple().exponent)))
        return self.ours.quantize(digits, rounding=ROUND_HALF_UP)

    @property
    def name(self) -> str:
        return self.golden.example or self.golden.id


@cache
def rows() -> tuple[Row, ...]:
    """Every golden invoice, priced now."""
    return tuple(row_of(golden) for golden in golden_invoices())


def row_of(golden: Golden) -> Row:
    """`golden` beside our figure; an unpriced line is a miss."""
    answer = golden.estimate
    ours = golden.ours(answer)
    held = not answer.unpriced and abs(ours - golden.expected) <= golden.tolerance
    return Row(golden, ours, held)


def table() -> str:
    """The table for a terminal, missed invoices marked, exceptions and a summary below."""
    lines = [f"{'example':<44}{'expected':>14}{'ours':>14}{'difference':>12}  source"]
    for row in rows():
        figures = f"{_usd(row.golden.expected):>14}{_usd(row.printed):>14}{row.difference:>12}"
        mark = "" if row.held else "  MISSED"
        lines.append(f"{row.name:<44}{figures}  {row.golden.source} ({row.golden.as_of}){mark}")
    for case in exceptions():
        figures = f"{_usd(case.expected):>14}{_usd(Decimal(case.ours)):>14}{'':>12}"
        lines.append(f"{case.example or case.id:<44}{figures}  EXCEPTION: {case.reason}")
    return "\n".join([*lines, "", *_summary()]) + "\n"


def _summary() -> list[str]:
    equal = sum(1 for row in rows() if row.difference == 0)
    half = sum(1 for row in rows() if 0 < abs(row.difference) <= CENT)
    retold = {row.golden.example for row in rows()} | {case.example for case in exceptions()}
    return [
        f"{len(rows())} invoices: {equal} equal as printed, {half} a cent apart, {len(_apart())} further "
        f"apart within what their source states, {sum(1 for row in rows() if not row.held)} missed.",
        f"{len(exceptions())} published examples cannot match and say why.",
        f"{len(retold - {''})} published examples are covered.",
    ]


def _apart() -> list[Row]:
    return [row for row in rows() if row.held and abs(row.difference) > CENT]


def accuracy_page() -> str:
    """`docs/accuracy.md`."""
    catalog = shipped_catalog().catalog.name
    head = [
        "# Accuracy",
        "",
        "Made by `make accuracy`; do not edit. Each row is a bill, a calculation or a worked example that",
        "somebody else published, described as a scenario and priced by the engine. A test holds every row.",
        f"Prices are those of catalog {catalog}, or the ones the example states where they differ.",
        "",
        *(f"- {line}" for line in _summary()),
        "",
        "*Difference* is ours less theirs, as printed. A cent is left where a bill cuts half cents off or a",
        "source rounds its steps. What is approximated beside that: [approximations](approximations.md).",
    ]
    sections = [line for service in _services_with_invoices() for line in _section(service)]
    return "\n".join([*head, *sections, *_further_apart(), *_exceptional()]) + "\n"


def _services_with_invoices() -> list[str]:
    return sorted({row.golden.service for row in rows()})


def _section(service: str) -> list[str]:
    model = all_services().get(service)
    head = ["", f"## {model.name if model else service}", ""]
    columns = [
        "| example | what | expected USD | ours USD | difference | prices | source |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    return [*head, *columns, *(_cells(row) for row in rows() if row.golden.service == service)]


def _cells(row: Row) -> str:
    golden = row.golden
    prices = "stated" if golden.stated_prices else "catalog"
    source = f"{_link(golden.source)}, {golden.as_of}"
    figures = f"{_usd(golden.expected)} | {_usd(row.printed)} | {row.difference}"
    return f"| {row.name} | {_cell(golden.title)} | {figures} | {prices} | {_cell(source)} |"


def _further_apart() -> list[str]:
    head = ["", "## More than a cent apart", "", "| example | difference | why |", "|---|--:|---|"]
    return [*head, *(f"| {row.name} | {row.difference} | {_cell(row.golden.note)} |" for row in _apart())]


def _exceptional() -> list[str]:
    head = [
        "",
        "## Examples that cannot match",
        "",
        "| example | expected USD | ours USD | why |",
        "|---|--:|--:|---|",
    ]
    return [*head, *(_exception_cells(case) for case in exceptions())]


def _exception_cells(case: Exceptional) -> str:
    figures = f"{_usd(case.expected)} | {_usd(Decimal(case.ours))}"
    return f"| {case.example or case.id} | {figures} | {_cell(case.reason)} |"


def _link(source: str) -> str:
    address = source.split(" ", 1)[0]
    if not address.startswith("https://"):
        return source
    name = address.removeprefix("https://").removesuffix("/").replace("github.com/", "")
    return f"[{name}]({address}){source.removeprefix(address)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _usd(amount: Decimal) -> str:
    """At least two decimals; more where the source prints more."""
    return f"{amount:,.2f}" if amount == amount.quantize(CENT) else f"{amount:,}"


def approximations_page() -> str:
    """`docs/approximations.md` as it stands, its declared part renewed."""
    page = APPROXIMATIONS.read_text("utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + "\n".join(_declared()) + "\n" + _END + after


def _declared() -> list[str]:
    lines = [
        "| service | prices declared | without any price | regions | oldest price |",
        "|---|--:|--:|--:|---|",
    ]
    lines += [_coverage(service) for service in all_services().values()]
    for service in all_services().values():
        unpriced = _never_priced(service)
        if service.assumptions or unpriced:
            lines += ["", f"**{service.name}**", "", *(f"- {text}" for text in service.assumptions)]
        if unpriced:
            lines.append(f"- No price anywhere, so *unpriced* until a refresh: {_named(unpriced)}.")
    return lines


def _named(labels: list[str]) -> str:
    if len(labels) <= MANY:
        return "; ".join(labels)
    return f"{len(labels)} prices, among them {'; '.join(labels[: MANY // 2])}"


def _coverage(service: ServiceModel) -> str:
    known = [price for key in _keys(service) for price in _prices_by_key().get(key, ())]
    regions = len({region for region, _ in known})
    oldest = min((as_of for _, as_of in known), default="")
    missing = sum(1 for key in _keys(service) if key not in _prices_by_key())
    return f"| {service.name} | {len(_keys(service))} | {missing} | {regions} | {oldest} |"


def _keys(service: ServiceModel) -> list[str]:
    return [key.key for price in service.prices for key in price.concrete()]


@cache
def _prices_by_key() -> dict[str, list[tuple[str, str]]]:
    """(region, date) of every price the catalog holds, by key."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (region, key), price in shipped_catalog().prices.items():
        found.setdefault(key, []).append((region, price.as_of))
    return found


def _never_priced(service: ServiceModel) -> list[str]:
    """Labels of prices no region has; a family counts when none of its members has one."""
    return [
        str(price.label)
        for price in service.prices
        if not any(key.key in _prices_by_key() for key in price.concrete())
    ]


def main() -> int:
    """Print the table and renew both pages."""
    sys.stdout.write(table())
    ACCURACY.write_text(accuracy_page(), "utf-8")
    APPROXIMATIONS.write_text(approximations_page(), "utf-8")
    return int(not all(row.held for row in rows()))


if __name__ == "__main__":
    sys.exit(main())
