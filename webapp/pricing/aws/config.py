"""AWS Config: configuration items recorded and rules evaluated."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("config.item", "items", N_("%(n)s items")),
            ("config.custom_item", "custom_items", N_("%(n)s items")),
            ("config.periodic_item", "periodic_items", N_("%(n)s items")),
            ("config.rule_eval", "rule_evaluations", N_("%(n)s evaluations")),
            ("config.pack_eval", "pack_evaluations", N_("%(n)s evaluations")),
        ),
    )


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"config.{key}", label, unit, "AWSConfig", selector)


SERVICE = ServiceModel(
    code="config",
    name="AWS Config",
    category=N_("Monitoring"),
    summary=N_("Records of how resources are set up, billed per item and rule evaluation."),
    settings=(),
    usage=(
        monthly("items", N_("Configuration items"), "items", N_("One for each change recorded."), per=""),
        monthly("custom_items", N_("Items of other resources"), "items", N_("Recorded by you."), per=""),
        monthly("periodic_items", N_("Items of daily recording"), "items", per=""),
        monthly("rule_evaluations", N_("Rule evaluations"), "evaluations", per=""),
        monthly("pack_evaluations", N_("Conformance pack evaluations"), "evaluations", per=""),
    ),
    prices=(
        _price("item", N_("Configuration items"), "ConfigurationItem", usagetype="ConfigurationItemRecorded"),
        _price(
            "custom_item",
            N_("Items of other resources"),
            "ConfigurationItem",
            usagetype="CustomConfigItemRecorded",
        ),
        _price("periodic_item", N_("Items of daily recording"), "ConfigurationItem"),
        _price("rule_eval", N_("Rule evaluations"), "Evaluation", usagetype="ConfigRuleEvaluations"),
        _price("pack_eval", N_("Conformance pack evaluations"), "Evaluation"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("Config rule evaluations are priced at the first tier in regions whose lower tiers are unknown."),
    ),
    pricing_page="https://aws.amazon.com/config/pricing/",
    keywords=("compliance", "rules", "inventory"),
)
