"""AWS WAF: web ACLs, their rules and the requests they look at."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    rules, groups, inside = inputs["rules"], inputs["rule_groups"], inputs["rules_in_groups"]
    yield from counted(inputs, (("waf.webacl", "web_acls", N_("%(n)s web ACLs")),))
    if rules or groups or inside:
        how = added(
            (rules, wording("%(n)s rules", n=rules)),
            (groups, wording("%(n)s rule groups", n=groups)),
            (inside, wording("%(n)s rules in groups of your own", n=inside)),
        )
        yield Quantity("waf.rule", rules + groups + inside, how)
    yield from counted(inputs, (("waf.request", "requests", N_("%(n)s requests")),))


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"waf.{key}", label, unit, "awswaf", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="waf",
    name="AWS WAF",
    category=N_("Security"),
    summary=N_("A web firewall billed by web ACL, rule and request."),
    settings=(),
    usage=(
        monthly(
            "web_acls", N_("Web ACLs"), "web ACLs", N_("Counted by the hour: half a month is 0.5."), per=""
        ),
        monthly("rules", N_("Rules in web ACLs"), "rules", N_("Counted by the hour."), per=""),
        monthly(
            "rule_groups",
            N_("Rule groups"),
            "rule groups",
            N_("Each group a web ACL uses is billed as one rule."),
            per="",
        ),
        monthly(
            "rules_in_groups",
            N_("Rules inside groups of your own"),
            "rules",
            N_("Rules inside AWS managed groups are free."),
            per="",
        ),
        monthly("requests", N_("Requests inspected"), "requests"),
    ),
    prices=(
        _price("webacl", N_("Web ACLs"), "WebACL-month", "WebACLV2"),
        _price("rule", N_("Rules and rule groups"), "Rule-month", "RuleV2"),
        _price("request", N_("Requests"), "Request", "RequestV2-Tier1"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_(
            "WAF: bodies over the default size, more than 1,500 capacity units, Bot Control, Fraud Control "
            "and CAPTCHA cost extra and are not counted."
        ),
    ),
    pricing_page="https://aws.amazon.com/waf/pricing/",
    keywords=("firewall", "web acl", "rules"),
)
