"""The estimate document as JSON Schema, made from the declarations of the services.

What the readers take is what stands here: numbers as numbers or as text with every digit, null for a
part left out. A service added in `webapp/pricing/aws` is in the document without a line here.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from webapp.api.contract import JsonSchema, component
from webapp.domain.numbers import MAX_NUMERAL
from webapp.domain.regions import REGIONS
from webapp.pricing.commitments import PAYMENTS, TERMS
from webapp.pricing.declaration import FREE_TIER_POLICIES, MAX_USAGE, ServiceModel, Setting, Usage
from webapp.pricing.document import MAX_RESOURCES, MAX_TAGS
from webapp.pricing.presenting import number_to_json, setting_to_json
from webapp.pricing.reading_prices import MAX_PRICE, MAX_TIERS
from webapp.pricing.reading_traffic import MAX_MEASURES, MAX_PAYLOAD_BYTES
from webapp.pricing.services import all_services

#: An estimate document: a name is free. Bodies of `POST /estimates`.
ESTIMATE_DOCUMENT = component("EstimateDocument")
RESOURCE = component("Resource")
TRAFFIC = component("Traffic")

#: Texts the readers take for a number: digits, as many as a usual number has when it is written out.
_NUMERAL = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_MEASURE = "^[a-z][a-z0-9_]{0,39}$"
_FLAG_WORDS = r"^([Tt][Rr][Uu][Ee]|[Oo][Nn]|[Yy][Ee][Ss]|1|[Ff][Aa][Ll][Ss][Ee]|[Oo][Ff][Ff]|[Nn][Oo]|0|)$"


@cache
def document_components() -> Mapping[str, JsonSchema]:
    """Every component the document is made of, by name."""
    resources = {_component_name(service): _resource(service) for service in all_services().values()}
    return {
        "EstimateDocument": _object(document_properties(), required=("region",)),
        "Resource": _any_resource(),
        "Traffic": _traffic(),
        "Volume": _volume(),
        "Commitment": _commitment(),
        "StatedPrices": _stated_prices(),
        "PerMeasure": _per_measure(),
        **resources,
    }


def document_properties() -> dict[str, JsonSchema]:
    """The fields of a document by name, for those who send more than a document."""
    return {
        "name": _text("What people call it.", 200, "Orders"),
        "description": _text("A few sentences for people.", 2_000, "What the shop sends."),
        "tags": _optional(
            {
                "type": "array",
                "maxItems": MAX_TAGS,
                "items": {"type": ["string", "null"], "maxLength": 40},
                "description": "Words to find it by; kept in lower case, once each.",
                "examples": [["shop", "eu"]],
            }
        ),
        "region": {
            "enum": list(REGIONS),
            "type": "string",
            "description": "AWS region whose prices count.",
            "examples": ["eu-west-1"],
        },
        "free_tier": {
            "enum": list(FREE_TIER_POLICIES),
            "type": "string",
            "default": "none",
            "description": "Free allowances taken off: none, those that never end, or also those of the "
            "first 12 months of an account opened before 2025-07-15.",
        },
        "commitment": component("Commitment"),
        "traffic": component("Traffic"),
        "resources": _optional(
            {
                "type": "array",
                "maxItems": MAX_RESOURCES,
                "items": RESOURCE,
                "description": "What runs on AWS.",
            }
        ),
        "prices": component("StatedPrices"),
    }


def number(minimum: Decimal | None, maximum: Decimal | None, *, whole: bool = False) -> JsonSchema:
    """A number within bounds, or the same as text, where no digit is lost."""
    bounds: JsonSchema = {"type": "integer" if whole else "number"}
    if minimum is not None:
        bounds["minimum"] = _bound(minimum)
    if maximum is not None:
        bounds["maximum"] = _bound(maximum)
    return {"anyOf": [bounds, {"type": "string", "pattern": _NUMERAL, "maxLength": MAX_NUMERAL}]}


def _bound(bound: Decimal) -> int | float:
    return int(bound) if bound == bound.to_integral_value() else float(bound)


def _component_name(service: ServiceModel) -> str:
    return "".join(word.capitalize() for word in service.code.replace("-", "_").split("_")) + "Resource"


def _any_resource() -> JsonSchema:
    names = {code: _component_name(service) for code, service in all_services().items()}
    return {
        "description": "One AWS service in use. `service` says which; it decides about settings and usage.",
        "oneOf": [component(name) for name in names.values()],
        "discriminator": {
            "propertyName": "service",
            "mapping": {code: f"#/components/schemas/{name}" for code, name in names.items()},
        },
        "examples": [
            {
                "service": "sqs",
                "name": "order queue",
                "usage": {"requests": {"per": "events", "factor": 3}},
            }
        ],
    }


def _resource(service: ServiceModel) -> JsonSchema:
    settings = {setting.name: _setting(setting) for setting in service.settings}
    usage = {field.name: _usage(field) for field in service.usage}
    properties = {
        "service": {"const": service.code, "type": "string"},
        "name": _text(f"What you call it; “{service.name}” without one.", 100, service.name),
        "settings": _part(settings, "What does not grow with traffic; defaults fill in the rest."),
        "usage": _part(usage, "What a month uses; 0 for the rest."),
        "id": {"description": "Of a resource a scenario has: it stays that resource. Else left aside."},
    }
    return _object(properties, required=("service",)) | {
        "title": service.name,
        "description": f"{service.name}: {service.summary}",
    }


def _part(properties: dict[str, JsonSchema], says: str) -> JsonSchema:
    return _optional(_object(properties) | {"description": says})


def _setting(setting: Setting) -> JsonSchema:
    words = [setting.label, setting.help, _matters(setting.shown_when)]
    return _values(setting) | {
        "title": setting.label,
        "description": _sentences(*words, _unit(setting.unit)),
        "default": setting_to_json(setting.default),
    }


def _values(setting: Setting) -> JsonSchema:
    if setting.kind == "choice":
        return {"type": "string", "enum": [choice.value for choice in setting.choices]}
    if setting.kind == "text":
        return {"type": "string", "enum": list(setting.known)}
    if setting.kind == "flag":
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": _FLAG_WORDS}]}
    return number(setting.minimum, setting.maximum, whole=setting.kind == "integer")


def _usage(usage: Usage) -> JsonSchema:
    fixed = number(Decimal(0), usage.maximum)["anyOf"]
    return {
        "anyOf": [*fixed, component("PerMeasure")],
        "title": usage.label,
        "description": _sentences(
            usage.label, usage.help, _matters(usage.shown_when), _unit(f"{usage.unit} a month")
        ),
        "default": number_to_json(usage.default),
    }


def _matters(condition: tuple[str, str] | None) -> str:
    return "" if condition is None else f"Counts only when `{condition[0]}` is `{condition[1]}`."


def _unit(unit: str) -> str:
    return f"In {unit}." if unit.strip() else ""


def _sentences(*parts: str) -> str:
    return " ".join(part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in parts if part)


def _per_measure() -> JsonSchema:
    return _object(
        {
            "per": {
                "type": "string",
                "pattern": _MEASURE,
                "description": "The measure it follows: `events`, `bytes` ... or one of yours.",
                "examples": ["events"],
            },
            "factor": number(Decimal(0), MAX_USAGE) | {"description": "How many for each.", "default": 1},
        },
        required=("per",),
    ) | {"description": "An amount that follows the traffic: `factor` for each unit of the measure `per`."}


def _traffic() -> JsonSchema:
    measures = {
        "type": ["object", "null"],
        "maxProperties": MAX_MEASURES,
        "propertyNames": {"pattern": _MEASURE},
        "additionalProperties": number(Decimal(0), MAX_USAGE),
        "description": "Sums over a sample, by measure; scaled to the monthly volume.",
        "examples": [{"events": 1000, "bytes": 900000}],
    }
    payload = number(Decimal(0), MAX_PAYLOAD_BYTES, whole=True)
    properties = {
        "volume": component("Volume"),
        "unit": {
            "type": ["string", "null"],
            "pattern": "^([a-z][a-z0-9_]{0,39})?$",
            "default": "events",
            "description": "What the volume counts: a measure.",
        },
        "average_payload_bytes": {
            "anyOf": [*payload["anyOf"], {"type": "null"}],
            "description": "Mean size of an event in bytes; gives the other measures by hand.",
            "examples": [900],
        },
        "measures": measures,
    }
    return _optional(_object(properties)) | {"description": "How much of the business driver a month brings."}


def _volume() -> JsonSchema:
    bound = {"anyOf": [*number(Decimal(0), MAX_USAGE)["anyOf"], {"type": "null"}]}
    properties = {
        "low": bound | {"description": "A quiet month; at most `expected`."},
        "expected": number(Decimal(0), MAX_USAGE) | {"description": "An ordinary month."},
        "high": bound | {"description": "A busy month; at least `expected`."},
    }
    fixed = number(Decimal(0), MAX_USAGE)["anyOf"]
    return {
        "description": "Units a month: one number, or a quiet, an ordinary and a busy month.",
        "anyOf": [*fixed, _object(properties, required=("expected",)), {"type": "null"}],
        "examples": [{"low": 500000, "expected": 1000000, "high": 4000000}],
    }


def _commitment() -> JsonSchema:
    properties: dict[str, JsonSchema] = {
        "term": {"type": "string", "enum": list(TERMS), "description": "For how long."},
        "payment": {"type": "string", "enum": list(PAYMENTS), "default": "no-upfront"},
    }
    committed = _object(properties, required=("term",))
    return {
        "description": "Savings Plans and reserved capacity, for the whole use of what they can cover.",
        "anyOf": [committed, {"type": "object", "maxProperties": 0}, {"type": "null"}],
        "examples": [{"term": "1-year", "payment": "no-upfront"}],
    }


def _stated_prices() -> JsonSchema:
    usd, units = number(Decimal(0), MAX_PRICE)["anyOf"], number(Decimal(0), MAX_USAGE)["anyOf"]
    limit = {"anyOf": [*units, {"type": "null"}]}
    row = {
        "type": "array",
        "prefixItems": [{"anyOf": units}, limit, {"anyOf": usd}],
        "minItems": 3,
        "maxItems": 3,
        "description": "[from, to or null, USD per unit]",
    }
    tiers = {"type": "array", "items": row, "minItems": 1, "maxItems": MAX_TIERS}
    return {
        "type": ["object", "null"],
        "description": "Prices of your own by price key (see GET /services): USD, or tiers from 0 on.",
        "additionalProperties": {"anyOf": [*usd, tiers]},
        "examples": [{"sqs.standard": "0.0000003"}],
    }


def _object(properties: dict[str, JsonSchema], required: tuple[str, ...] = ()) -> JsonSchema:
    made: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | {"required": list(required)} if required else made


def _text(says: str, longest: int, example: str) -> JsonSchema:
    return {
        "type": ["string", "null"],
        "maxLength": longest,
        "description": says,
        "examples": [example],
    }


def _optional(schema: JsonSchema) -> JsonSchema:
    """`schema`, or null for what is left out."""
    return schema | {"type": [schema["type"], "null"]}
