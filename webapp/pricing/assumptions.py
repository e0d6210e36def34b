"""What an estimate takes for granted, said in sentences beside the number."""

from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, Phrase, figure, phrase
from webapp.pricing.commitments import CommitmentBill
from webapp.pricing.document import EstimateDocument
from webapp.pricing.services import all_services

_POLICIES = {
    "none": N_("No free tier is taken off."),
    "always": N_(
        "Always-free allowances are taken off once for the whole account; first-12-month offers are not."
    ),
    "first-12-months": N_(
        "Always-free and first-12-month allowances are taken off once for the whole account "
        "(only accounts opened before 2025-07-15 have the latter)."
    ),
}


def assumptions_of(document: EstimateDocument) -> tuple[str, ...]:
    """General assumptions first, then those each used service declares."""
    used = {resource.service: None for resource in document.resources}
    return (
        phrase(
            N_("Prices of %(region)s, in USD, without taxes, credits or support."),
            region=REGIONS[document.region],
        ),
        phrase(N_("A month has 730 hours.")),
        phrase(_POLICIES[document.free_tier]),
        *_traffic(document),
        *(text for code in used for text in all_services()[code].assumptions),
    )


def commitment_assumptions(bill: CommitmentBill) -> tuple[Phrase, ...]:
    """What a commitment takes for granted, and every use it could cover but has no known price for."""
    return (
        phrase(
            N_("Committed for %(terms)s: the commitment fits the use exactly, and is paid even when unused."),
            terms=bill.terms.label,
        ),
        *(
            phrase(
                N_("No price for %(terms)s is known for %(what)s: priced on demand."),
                terms=bill.terms.label,
                what=label,
            )
            for label in bill.without_price
        ),
        *(
            phrase(
                N_("%(what)s: the committed price covers the first price tier, the rest is on demand."),
                what=label,
            )
            for label in bill.beyond
        ),
    )


def _traffic(document: EstimateDocument) -> tuple[Phrase, ...]:
    traffic = document.traffic
    if traffic.volume is None:
        return ()
    amount = figure(traffic.volume.expected)
    sample = traffic.measures.get(traffic.unit)
    if sample:
        return (
            phrase(
                N_("Measured on %(sample)s %(unit)s and scaled to %(amount)s %(unit)s a month."),
                sample=figure(sample),
                unit=traffic.unit,
                amount=amount,
            ),
        )
    return (phrase(N_("%(amount)s %(unit)s a month."), amount=amount, unit=traffic.unit),)
