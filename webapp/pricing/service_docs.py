"""A service's declaration as JSON and words: what the API, the command line and the reference page show."""

from decimal import Decimal

from webapp.domain.words import figure
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel, Setting, Usage
from webapp.pricing.presenting import JsonObject, number_to_json, setting_to_json


def service_to_json(service: ServiceModel) -> JsonObject:
    """Everything a client needs to fill in a resource of this service."""
    return {
        "service": service.code,
        "name": service.name,
        "category": service.category,
        "summary": service.summary,
        "pricing_page": service.pricing_page,
        "settings": [_setting(setting) for setting in service.settings],
        "usage": [_usage(usage) for usage in service.usage],
        "prices": [_price(price) for price in service.prices],
        "free_tier": [_allowance(allowance) for allowance in service.allowances],
        "assumptions": list(service.assumptions),
    }


def _setting(setting: Setting) -> JsonObject:
    return {
        "name": setting.name,
        "label": setting.label,
        "help": setting.help,
        "type": setting.kind,
        "unit": setting.unit,
        "default": setting_to_json(setting.default),
        "minimum": _bound(setting.minimum),
        "maximum": _bound(setting.maximum),
        "choices": [{"value": choice.value, "label": choice.label} for choice in setting.choices],
        "known": list(setting.known),
        "shown_when": _shown_when(setting.shown_when),
    }


def _usage(usage: Usage) -> JsonObject:
    return {
        "name": usage.name,
        "label": usage.label,
        "help": usage.help,
        "type": "number",
        "unit": usage.unit,
        "period": "month",
        "default": number_to_json(usage.default),
        "minimum": 0,
        "maximum": _bound(usage.maximum),
        "suggested_per": usage.suggested_per or None,
        "shown_when": _shown_when(usage.shown_when),
    }


def _shown_when(condition: tuple[str, str] | None) -> JsonObject | None:
    return None if condition is None else {"setting": condition[0], "value": condition[1]}


def _bound(bound: Decimal | None) -> int | float | str | None:
    return None if bound is None else number_to_json(bound)


def _price(price: PriceKey) -> JsonObject:
    """A price per instance type is one entry, its key with "*" where the type goes."""
    return {"key": price.key, "label": price.label, "unit": price.unit}


def _allowance(allowance: Allowance) -> JsonObject:
    return {
        "name": allowance.name,
        "label": allowance.label,
        "keys": list(allowance.keys),
        "quantity": number_to_json(allowance.quantity),
        "policy": allowance.policy,
        "source": allowance.source,
    }


def bounds_text(setting: Setting) -> str:
    """What a setting may be, in short: "128 to 10,240 MB", "x86_64 | arm64"."""
    if setting.kind == "choice":
        values = [choice.value for choice in setting.choices]
        return " | ".join(values) if len(values) <= 8 else f"{values[0]} … ({len(values)} choices)"
    if setting.kind == "text":
        return f"{setting.suggestions[0]} … ({len(setting.known)} names)"
    if setting.kind == "flag":
        return "true | false"
    if setting.minimum is None or setting.maximum is None:
        return setting.unit
    return f"{figure(setting.minimum)} to {figure(setting.maximum)} {setting.unit}".rstrip()
