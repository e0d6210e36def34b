"""The forms of a scenario: what it is called and where it runs, and the traffic it gets."""

from collections.abc import Mapping

from flask_babel import gettext as _

from webapp.domain.regions import REGIONS
from webapp.pricing.commitments import PAYMENTS, TERMS, Commitment
from webapp.pricing.declaration import FREE_TIER_POLICIES
from webapp.pricing.document import EstimateDocument
from webapp.pricing.presenting import commitment_to_json, traffic_to_json
from webapp.services.scenarios import ScenarioView
from webapp.web.fields import Field, Form, Option, form_of, read_number, typed_number
from webapp.web.overtaking import digest_of
from webapp.web.presentation import POLICY_LABELS, tr


def details_form(document: EstimateDocument) -> Form:
    """Name, description, tags and region as `document` has them."""
    return form_of(
        [
            Field("name", _("Name"), "text", document.name),
            Field("description", _("Description"), "long-text", document.description, is_optional=True),
            Field(
                "tags",
                _("Tags"),
                "text",
                ", ".join(document.tags),
                hint=_("Separated by commas."),
                is_optional=True,
            ),
            region_field(document.region),
        ],
        seen=details_digest(document),
    )


def details_digest(document: EstimateDocument) -> str:
    """Tells whether somebody else saved other details meanwhile."""
    return digest_of([document.name, document.description, document.tags, document.region])


def region_field(chosen: str) -> Field:
    """Every region by its code and name."""
    options = tuple(Option(code, f"{tr(name)} · {code}") for code, name in REGIONS.items())
    return Field("region", _("Region"), "choice", chosen, options=options)


def raw_details(typed: Mapping[str, str]) -> dict[str, object]:
    """The document fields a details form stands for."""
    return {
        "name": typed.get("name", ""),
        "description": typed.get("description", ""),
        "tags": [tag.strip() for tag in typed.get("tags", "").split(",") if tag.strip()],
        "region": typed.get("region"),
    }


def traffic_form(view: ScenarioView) -> Form:
    """Monthly volume, payload, source, region, free tier and commitment as they are."""
    traffic = view.document.traffic
    volume = traffic.volume
    amounts = {
        "low": volume.low if volume else None,
        "expected": volume.expected if volume else None,
        "high": volume.high if volume else None,
    }
    labels = {"low": _("Low"), "expected": _("Expected"), "high": _("High")}
    payload = traffic.average_payload_bytes
    return form_of(
        [
            _source_field(view),
            Field(
                "traffic.unit",
                _("Counted in"),
                "text",
                traffic.unit,
                hint=_("What your business counts: events, orders, chats."),
            ),
            *(
                Field(
                    f"traffic.volume.{name}",
                    labels[name],
                    "number",
                    "" if value is None else typed_number(value),
                    is_optional=name != "expected",
                )
                for name, value in amounts.items()
            ),
            Field(
                "traffic.average_payload_bytes",
                _("Average payload"),
                "number",
                "" if payload is None else f"{payload:,}",
                unit=_("bytes"),
                hint=_("Of one event, as sent. Services that bill by size need it."),
                is_optional=True,
            ),
            region_field(view.document.region),
            _free_tier_field(view.document.free_tier),
            *_commitment_fields(view.document.commitment),
        ],
        seen=traffic_digest(view),
    )


def traffic_digest(view: ScenarioView) -> str:
    """Tells whether somebody else saved other traffic meanwhile."""
    document = view.document
    terms = [document.region, document.free_tier, commitment_to_json(document.commitment)]
    return digest_of([traffic_to_json(document.traffic), view.traffic_source, *terms])


def raw_traffic(view: ScenarioView, typed: Mapping[str, str]) -> dict[str, object]:
    """The changes a traffic form stands for, for `patch_scenario`; measures stated elsewhere are kept."""
    volume = {
        name: read_number(value)
        for name in ("low", "expected", "high")
        if (value := typed.get(f"traffic.volume.{name}", "").strip())
    }
    payload = typed.get("traffic.average_payload_bytes", "").strip()
    # A form from before this field leaves the commitment as it is.
    committed = {"commitment": _raw_commitment(typed)} if "commitment.term" in typed else {}
    return committed | {
        "traffic": traffic_to_json(view.document.traffic)
        | {
            "volume": volume or None,
            "unit": typed.get("traffic.unit", "").strip() or "events",
            "average_payload_bytes": read_number(payload) if payload else None,
        },
        "region": typed.get("region"),
        "free_tier": typed.get("free_tier"),
        "traffic_source": typed.get("traffic_source"),
    }


def _raw_commitment(typed: Mapping[str, str]) -> dict[str, object]:
    named = {name: typed.get(f"commitment.{name}") for name in ("term", "payment")}
    return {name: value for name, value in named.items() if value is not None}


def _commitment_fields(chosen: Commitment) -> tuple[Field, Field]:
    terms = tuple(Option(term, tr(label)) for term, label in TERMS.items())
    payments = tuple(Option(payment, tr(label).capitalize()) for payment, label in PAYMENTS.items())
    hint = _("Savings Plans for compute, reserved capacity for databases; the bill says when it pays off.")
    return (
        Field("commitment.term", _("Commitment"), "choice", chosen.term, options=terms, hint=hint),
        Field(
            "commitment.payment",
            _("Paid"),
            "choice",
            chosen.payment,
            options=payments,
            hint=_("Matters only with a commitment."),
        ),
    )


def _source_field(view: ScenarioView) -> Field:
    options = (
        Option("declared", _("Stated here")),
        Option("recorded", _("Recorded from real events")),
    )
    return Field(
        "traffic_source", _("What an event looks like"), "choice", view.traffic_source, options=options
    )


def _free_tier_field(chosen: str) -> Field:
    options = tuple(Option(policy, tr(POLICY_LABELS[policy])) for policy in FREE_TIER_POLICIES)
    return Field("free_tier", _("Free tier"), "choice", chosen, options=options)
