"""What an estimate answers: lines that open their formula, what has no price, and on what it stands."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.words import Phrase, Wording
from webapp.pricing.commitments import CommitmentBill, LineCommitment
from webapp.pricing.declaration import FreeTierPolicy
from webapp.pricing.formula import Steps, formula_of
from webapp.pricing.prices import CatalogRef, TierUse


@dataclass(frozen=True, slots=True)
class Line:
    """One resource's share of one price. Quantities are monthly, in `unit`; money is USD a month.

    `tiers` are the tiers the whole account's billable quantity of this key fell into; `share` is this
    resource's part of it (1 when no other resource uses the key), so cost = share x sum of tier costs.
    """

    resource: int
    resource_name: str
    service: str
    key: str
    dimension: str
    quantity: Decimal
    unit: str
    free_quantity: Decimal
    tiers: tuple[TierUse, ...]
    share: Decimal
    cost: Decimal
    wording: Wording
    price_source: str
    price_as_of: str
    #: There when a commitment covers the line; `tiers`, cost and price source are then the committed ones.
    commitment: LineCommitment | None = None

    @property
    def how(self) -> Phrase:
        """How the quantity came about, in words."""
        return self.wording.said()

    @property
    def formula(self) -> Phrase:
        """Every step from the quantity to the cost, in words."""
        steps = Steps(self.quantity, self.unit, self.free_quantity, self.share, self.tiers, self.cost)
        formula = formula_of(steps)
        return formula if self.commitment is None else self.commitment.added_to(formula)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A use that costs something unknown: outside the total, counted beside it."""

    resource: int
    resource_name: str
    service: str
    key: str
    dimension: str
    quantity: Decimal | None
    unit: str
    reason: Phrase


@dataclass(frozen=True, slots=True)
class ServiceCost:
    """What one service costs a month over all its resources."""

    service: str
    name: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """Monthly totals of a low, expected and high month, USD."""

    low: Decimal
    expected: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month's bill in USD, unrounded. `range` is there when a low or high volume was given."""

    name: str
    region: str
    free_tier: FreeTierPolicy
    total: Decimal
    range: Range | None
    by_service: tuple[ServiceCost, ...]
    by_resource: tuple[Decimal, ...]
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    assumptions: tuple[str, ...]
    catalog: CatalogRef
    catalog_age_days: int
    #: There when the document commits itself for a term.
    commitment: CommitmentBill | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing it contains has a price: its total is then no amount at all, rather than zero."""
        return bool(self.unpriced) and not self.lines
