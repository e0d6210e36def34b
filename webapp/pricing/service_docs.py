"""A service's declaration as JSON and words: what the API, the command line and the reference page show."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from webapp.domain.words import figure
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel, Setting, Usage
from webapp.pricing.presenting import number_to_json, setting_to_json

Bound = Annotated[int | float | str | None, Field(description="Included; null where there is none.")]


class ChoiceJson(TypedDict):
    """One value a setting may take."""

    value: str
    label: str


class ConditionJson(TypedDict):
    """The setting, and the value it must have, for a field to count."""

    setting: str
    value: str


class SettingJson(TypedDict):
    """A property that does not grow with traffic."""

    name: Annotated[str, Field(description="Its key under `settings`.", examples=["memory_mb"])]
    label: str
    help: str
    type: Literal["integer", "number", "choice", "flag", "text"]
    unit: Annotated[str, Field(examples=["MB"])]
    default: int | float | str | bool
    minimum: Bound
    maximum: Bound
    choices: Annotated[list[ChoiceJson], Field(description='What a "choice" may be.')]
    known: Annotated[list[str], Field(description='What a "text" may be.')]
    shown_when: ConditionJson | None


class UsageJson(TypedDict):
    """A monthly amount: fixed, or so much for each unit of a measure."""

    name: Annotated[str, Field(description="Its key under `usage`.", examples=["requests"])]
    label: str
    help: str
    type: Literal["number"]
    unit: str
    period: Literal["month"]
    default: int | float | str
    minimum: int
    maximum: Bound
    suggested_per: Annotated[str | None, Field(description="The measure it most often follows.")]
    shown_when: ConditionJson | None


class PriceKeyJson(TypedDict):
    """A price the service is billed by."""

    key: Annotated[str, Field(description='With "*" where the type of instance goes.')]
    label: str
    unit: str


class AllowanceJson(TypedDict):
    """What is free each month, once for the account."""

    name: str
    label: str
    keys: list[str]
    quantity: int | float | str
    policy: Literal["always", "first-12-months"]
    source: str


class ServiceJson(TypedDict):
    """An AWS service: what can be said about it and what it is billed by."""

    service: Annotated[str, Field(description="Its code in documents.", examples=["lambda"])]
    name: str
    category: str
    summary: str
    pricing_page: Annotated[str, Field(description="AWS's own page on the price.")]
    settings: list[SettingJson]
    usage: list[UsageJson]
    prices: list[PriceKeyJson]
    free_tier: list[AllowanceJson]
    assumptions: list[str]


def service_to_json(service: ServiceModel) -> ServiceJson:
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


def _setting(setting: Setting) -> SettingJson:
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


def _usage(usage: Usage) -> UsageJson:
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


def _shown_when(condition: tuple[str, str] | None) -> ConditionJson | None:
    return None if condition is None else {"setting": condition[0], "value": condition[1]}


def _bound(bound: Decimal | None) -> int | float | str | None:
    return None if bound is None else number_to_json(bound)


def _price(price: PriceKey) -> PriceKeyJson:
    """A price per instance type is one entry, its key with "*" where the type goes."""
    return {"key": price.key, "label": price.label, "unit": price.unit}


def _allowance(allowance: Allowance) -> AllowanceJson:
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
