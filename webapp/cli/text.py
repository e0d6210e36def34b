"""Answers as text a person reads in a terminal: aligned columns, money to the right."""

from collections.abc import Iterable, Sequence

from webapp.domain.money import plain, show_usd
from webapp.domain.words import figure
from webapp.pricing.commitments import CommitmentBill
from webapp.pricing.declaration import ServiceModel
from webapp.pricing.estimate import Estimate
from webapp.pricing.freshness import warnings_of
from webapp.pricing.service_docs import bounds_text
from webapp.services.recordings import IngestReceipt


def table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows with columns aligned; `right` are the columns set flush right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def estimate_text(estimate: Estimate) -> str:
    """The bill: a row a line, what is unpriced, the total and its range, assumptions, the catalog."""
    rows = [("Resource", "Dimension", "Quantity", "Unit", "Free", "USD a month")]
    rows += [
        (
            line.resource_name,
            line.dimension,
            figure(line.quantity),
            line.unit,
            figure(line.free_quantity),
            show_usd(line.cost),
        )
        for line in estimate.lines
    ]
    parts = [f"{estimate.name or 'Estimate'} · {estimate.region} · free tier: {estimate.free_tier}", ""]
    parts += [table(rows, right=(2, 4, 5)), "", _total_text(estimate)]
    if estimate.range and not estimate.is_unknown:
        parts.append(f"Range  {show_usd(estimate.range.low)} to {show_usd(estimate.range.high)} a month")
    if estimate.commitment:
        parts += ["", *_commitment_rows(estimate.commitment)]
    if estimate.unpriced:
        parts += ["", f"Not priced, outside the total ({len(estimate.unpriced)}):"]
        parts += [f"  {item.resource_name}, {item.dimension}: {item.reason}" for item in estimate.unpriced]
    parts += ["", "Assumptions:", *(f"  - {text}" for text in estimate.assumptions)]
    published, age = estimate.catalog.published, estimate.catalog_age_days
    parts += ["", f"Prices as of {published}: catalog {estimate.catalog.name}, {age} days old."]
    parts += [f"  {warning}" for warning in warnings_of(estimate)]
    return "\n".join(parts)


def _total_text(estimate: Estimate) -> str:
    if estimate.is_unknown:
        return "Total  unknown: nothing in it has a price"
    return f"Total  {show_usd(estimate.total)} a month  ({plain(estimate.total)} USD)"


def _commitment_rows(bill: CommitmentBill) -> list[str]:
    """The terms, what the whole bill costs without them, and when they pay off."""
    payoff = bill.payoff
    rows = [
        f"Committed for {bill.terms.label}: {show_usd(bill.total)} instead of "
        f"{show_usd(bill.on_demand_total)} a month, saving {show_usd(payoff.saving)}",
        f"  {payoff.sentence}",
    ]
    if payoff.upfront:
        rows.append(f"  Upfront {show_usd(payoff.upfront)}, spread over the months above")
    if bill.savings_plan_hourly:
        rows.append(f"  Compute Savings Plan of ${plain(bill.savings_plan_hourly, 6)} an hour")
    return rows


def services_text(services: Iterable[ServiceModel]) -> str:
    """Every service with its settings and usage."""
    parts = []
    for service in services:
        rows = [(setting.name, "setting", bounds_text(setting), setting.help) for setting in service.settings]
        rows += [(usage.name, "usage", f"{usage.unit} a month", usage.help) for usage in service.usage]
        listed = table([(f"  {row[0]}", *row[1:]) for row in rows])
        parts.append(f"{service.code}: {service.name}. {service.summary}\n{listed}")
    return "\n\n".join(parts)


def receipt_text(kept: IngestReceipt) -> str:
    """What an ingest request was counted as."""
    receipt = kept.receipt
    parts = [f"{receipt.accepted:,} events accepted, {receipt.rejected:,} rejected, {receipt.bytes:,} bytes."]
    if kept.replayed:
        parts.append("This idempotency key was used before: nothing was counted again.")
    parts += [f"  line {item.line}: {item.reason}" for item in receipt.rejections]
    return "\n".join(parts)
