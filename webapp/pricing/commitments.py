"""Commitments: Savings Plans and reserved capacity, what they cost, and when they pay off.

A committed price is a price of the catalog under a key of its own: the key it stands in for, "@", and the
terms ("fargate.vcpu.x86@3yr-no-upfront"). It is the effective rate: everything paid over the term, spread
over its hours. A rate for one way to pay never stands in for another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from webapp.domain.money import exact, plain, show_usd
from webapp.domain.words import N_, Phrase, figure, phrase
from webapp.pricing.declaration import PriceKey
from webapp.pricing.prices import HOURS_PER_MONTH, Price, Tier, TierUse, use_tiers
from webapp.pricing.services import all_price_keys, all_services

Term = Literal["none", "1-year", "3-years"]
Payment = Literal["no-upfront", "partial-upfront", "all-upfront"]
Plan = Literal["savings-plan", "reserved"]

#: What a form offers, in its order.
TERMS: Mapping[Term, str] = {"none": N_("None"), "1-year": N_("1 year"), "3-years": N_("3 years")}
PAYMENTS: Mapping[Payment, str] = {
    "no-upfront": N_("no upfront"),
    "partial-upfront": N_("partial upfront"),
    "all-upfront": N_("all upfront"),
}
PLANS: Mapping[Plan, str] = {"savings-plan": N_("Compute Savings Plan"), "reserved": N_("reserved capacity")}

_MONTHS: Mapping[Term, int] = {"none": 0, "1-year": 12, "3-years": 36}
_SUFFIXES: Mapping[Term, str] = {"1-year": "1yr", "3-years": "3yr"}

#: Declared keys ("[*]" is the type of instance) a Compute Savings Plan covers: instances with any licence,
#: vCPU and memory of Fargate, duration and provisioned concurrency of Lambda; requests never (AWS Savings
#: Plans user guide). Reserved instances, nodes and capacity exist for the others.
COVERED: Mapping[str, Plan] = {
    "ec2.[*].*": "savings-plan",
    "fargate.vcpu.*": "savings-plan",
    "fargate.gb.*": "savings-plan",
    "eks.fargate.vcpu": "savings-plan",
    "eks.fargate.gb": "savings-plan",
    "lambda.duration.*": "savings-plan",
    "lambda.provisioned_concurrency.*": "savings-plan",
    "rds.instance.[*].*": "reserved",
    "aurora.instance.*": "reserved",
    "elasticache.[*].*": "reserved",
    "opensearch.node.[*]": "reserved",
    "dax.[*]": "reserved",
    "ddb.provisioned.rcu": "reserved",
    "ddb.provisioned.wcu": "reserved",
}


@dataclass(frozen=True, slots=True)
class Commitment:
    """How long an account binds itself, and how it pays. Without a term the payment means nothing."""

    term: Term = "none"
    payment: Payment = "no-upfront"

    @property
    def months(self) -> int:
        """Length of the term; 0 without one."""
        return _MONTHS[self.term]

    @property
    def label(self) -> Phrase:
        """ "3 years, no upfront"."""
        return phrase(N_("%(term)s, %(payment)s"), term=TERMS[self.term], payment=PAYMENTS[self.payment])

    def key_of(self, key: str) -> str:
        """The key of the price that stands in for `key` under these terms. Needs a term."""
        return f"{key}@{self.suffix}"

    @property
    def suffix(self) -> str:
        """ "3yr-no-upfront"."""
        return f"{_SUFFIXES[self.term]}-{self.payment}"


_TERMS_BY_SUFFIX = {
    terms.suffix: terms for terms in (Commitment(term, payment) for term in _SUFFIXES for payment in PAYMENTS)
}


@dataclass(frozen=True, slots=True)
class Payoff:
    """What the covered use costs a month on demand and committed, USD; upfront payments spread evenly."""

    terms: Commitment
    on_demand: Decimal
    committed: Decimal

    @property
    def saving(self) -> Decimal:
        """USD a month; negative when the commitment is dearer."""
        return self.on_demand - self.committed

    @property
    def upfront(self) -> Decimal | None:
        """USD paid on the first day. None for partial upfront: an effective rate does not tell the parts."""
        paid = {"no-upfront": Decimal(0), "all-upfront": self.committed * self.terms.months}
        return paid.get(self.terms.payment)

    @property
    def break_even_share(self) -> Decimal | None:
        """The part of the covered hours that must be used for the commitment to cost no more (0.734)."""
        return self.committed / self.on_demand if self.on_demand else None

    @property
    def break_even_months(self) -> Decimal | None:
        """Months of full use after which on demand would have cost as much as the whole commitment.

        For all upfront: when the payment is recovered. None when it never is within the term.
        """
        share = self.break_even_share
        return None if share is None or share > 1 else share * self.terms.months

    @property
    def sentence(self) -> Phrase:
        """The break-even in words, for the way the commitment is paid."""
        share, months = self.break_even_share, self.break_even_months
        if share is None:
            return phrase(N_("Nothing is covered."))
        if months is None:
            return phrase(N_("Never pays off: the commitment costs more than on demand."))
        parts = {"months": f"{months:.1f}", "of": self.terms.months}
        if self.terms.payment == "all-upfront":
            paid = show_usd(self.upfront or Decimal(0))
            return phrase(
                N_("The %(paid)s upfront are recovered after %(months)s of %(of)s months."),
                paid=paid,
                **parts,
            )
        if self.terms.payment == "partial-upfront":
            return phrase(
                N_("The whole commitment is recovered after %(months)s of %(of)s months of use."), **parts
            )
        return phrase(
            N_("Pays off when used %(share)s %% of the time, which is %(months)s of %(of)s months."),
            share=figure((share * 100).quantize(Decimal("0.1"))),
            **parts,
        )


@dataclass(frozen=True, slots=True)
class Cover:
    """How a commitment covers one charge: `tiers` are committed, `instead` the same units on demand.

    `rest` stays on demand: where AWS lowers the price with volume and only one committed price is known,
    that price stands for the first tier.
    """

    plan: Plan
    price: Price
    tiers: tuple[TierUse, ...]
    instead: tuple[TierUse, ...]
    rest: tuple[TierUse, ...]

    def payoff(self, terms: Commitment, share: Decimal = Decimal(1)) -> Payoff:
        """What a `share` of the covered units costs either way."""
        on_demand, committed = (
            sum((use.cost for use in uses), Decimal(0)) * share for uses in (self.instead, self.tiers)
        )
        return Payoff(terms, on_demand, committed)


@dataclass(frozen=True, slots=True)
class LineCommitment:
    """What a line's commitment is compared with. `on_demand_usd` are unit prices, one per tier used."""

    plan: Plan
    on_demand_usd: tuple[Decimal, ...]
    payoff: Payoff

    def added_to(self, formula: str) -> Phrase:
        """The formula with the terms and the on-demand price it is compared with."""
        return phrase(
            N_("%(formula)s (%(terms)s; on demand $%(unit_price)s, %(cost)s)"),
            formula=formula,
            terms=self.payoff.terms.label,
            unit_price=" / $".join(exact(usd) for usd in self.on_demand_usd),
            cost=f"${plain(self.payoff.on_demand)}",
        )


@dataclass(frozen=True, slots=True)
class CommitmentBill:
    """A whole bill under a commitment, USD a month. `total` and `on_demand_total` hold everything priced.

    `payoff` speaks of the covered part alone; `savings_plan_hourly` is the commitment to buy, USD an hour.
    `without_price` names what could be covered but has no known price under these terms, and
    `beyond` what is priced on demand after the first tier.
    """

    terms: Commitment
    on_demand_total: Decimal
    total: Decimal
    payoff: Payoff
    savings_plan_hourly: Decimal
    without_price: tuple[str, ...]
    beyond: tuple[str, ...]


@cache
def plans() -> Mapping[str, Plan]:
    """Every price key a commitment can cover, and by what."""
    return {
        key: plan
        for service in all_services().values()
        for price in service.prices
        for pattern, plan in COVERED.items()
        if fnmatchcase(price.key, pattern)
        for key in ([price.key.replace("*", name) for name in price.each] or [price.key])
    }


def find_price_key(key: str) -> PriceKey | None:
    """What `key` prices, committed or not; None when nothing bills by it.

    A committed one has no offer and no selector: the offer files of the price list do not hold it.
    """
    base, at, suffix = key.partition("@")
    declared = all_price_keys().get(base)
    if declared is None or not at:
        return declared
    terms = _TERMS_BY_SUFFIX.get(suffix)
    if terms is None or base not in plans():
        return None
    label = phrase(N_("%(what)s (%(terms)s)"), what=declared.label, terms=terms.label)
    return PriceKey(key, label, declared.unit, offer="")


def cover(plan: Plan, on_demand: Price, committed: Price, billable: Decimal) -> Cover:
    """Cover `billable` units a month, what the free tier left, with the committed price."""
    uses, tiers = use_tiers(on_demand.tiers, billable), committed.tiers
    if len(tiers) > 1 or len(on_demand.tiers) == 1:
        return Cover(plan, committed, use_tiers(tiers, billable), uses, ())
    first = Tier(Decimal(0), on_demand.tiers[0].end, tiers[0].usd)
    return Cover(plan, committed, use_tiers((first,), billable), uses[:1], uses[1:])


def bill_of(
    terms: Commitment, total: Decimal, covers: Mapping[str, Cover], without_price: tuple[str, ...]
) -> CommitmentBill:
    """Add up the `covers`, by price key, of a bill of `total` USD a month."""
    payoffs = {key: found.payoff(terms) for key, found in covers.items()}
    on_demand = sum((each.on_demand for each in payoffs.values()), Decimal(0))
    committed = sum((each.committed for each in payoffs.values()), Decimal(0))
    by_plan = (each.committed for key, each in payoffs.items() if covers[key].plan == "savings-plan")
    return CommitmentBill(
        terms=terms,
        on_demand_total=total - committed + on_demand,
        total=total,
        payoff=Payoff(terms, on_demand, committed),
        savings_plan_hourly=sum(by_plan, Decimal(0)) / HOURS_PER_MONTH,
        without_price=tuple(all_price_keys()[key].label for key in without_price),
        beyond=tuple(all_price_keys()[key].label for key, found in covers.items() if found.rest),
    )
