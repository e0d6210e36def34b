"""The form of a resource, made from its service's declaration, and the document it stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.measures import MEASURES
from webapp.domain.traffic import Traffic
from webapp.pricing.declaration import ServiceModel, Setting, SettingValue, Usage
from webapp.pricing.document import PerMeasure, Resource, UsageValue
from webapp.pricing.presenting import resource_to_json
from webapp.web.facts import per_label
from webapp.web.fields import (
    Complaint,
    Field,
    FieldKind,
    Option,
    complaints,
    read_number,
    typed_number,
    with_errors,
)
from webapp.web.overtaking import digest_of, seen_in
from webapp.web.presentation import tr

#: How a setting is typed.
_KINDS: Mapping[str, FieldKind] = {
    "integer": "number",
    "number": "number",
    "choice": "choice",
    "flag": "flag",
    "text": "text",
}
#: Fields beyond these wait behind "more", unless they are stated or depend on another setting.
SHOWN_FIELDS = 6


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of one kind: those always open and those behind "more"."""

    shown: tuple[Field, ...]
    more: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ResourceForm:
    """A resource being written. `resource_id` is None for a new one.

    `deciding` are the settings that other fields hang on; they come first. `seen`: the digest of what it was
    filled from.
    """

    service: ServiceModel
    resource_id: UUID | None
    name: Field
    deciding: tuple[Field, ...]
    settings: FieldGroup
    usage: FieldGroup
    complaints: tuple[Complaint, ...]
    seen: str = ""


def resource_digest(resource: Resource) -> str:
    """Tells whether somebody else saved other values of this resource meanwhile."""
    return digest_of(resource_to_json(resource))


def resource_form(
    resource: Resource,
    service: ServiceModel,
    traffic: Traffic,
    resource_id: UUID | None = None,
) -> ResourceForm:
    """The form that shows `resource` as it is."""
    name, settings, usage = _fields(resource, service, traffic)
    stated = frozenset({*resource.settings, *resource.usage})
    form = _form(service, resource_id, name, settings, usage, stated, ())
    return replace(form, seen=resource_digest(resource)) if resource_id else form


def refused_form(
    typed: Mapping[str, str],
    error: InvalidInput | None,
    service: ServiceModel,
    traffic: Traffic,
    resource_id: UUID | None = None,
) -> ResourceForm:
    """The form as it was typed, each problem of `error` at its field."""
    problems = error.problems if error else ()
    name, settings, usage = _fields(Resource(service.code, ""), service, traffic)
    settings, usage = (
        [_retyped(field, typed) for field in settings],
        [_retyped(field, typed) for field in usage],
    )
    stated = frozenset(field.name.split(".")[1] for field in usage if field.value)
    form = _form(service, resource_id, _retyped(name, typed), settings, usage, stated, problems)
    return replace(form, seen=seen_in(typed, error))


def _fields(
    resource: Resource, service: ServiceModel, traffic: Traffic
) -> tuple[Field, list[Field], list[Field]]:
    name = Field("name", _("Name"), "text", resource.name, placeholder=service.name, is_optional=True)
    settings = [_setting_field(setting, resource.settings.get(setting.name)) for setting in service.settings]
    usage = [_usage_field(field, resource.usage.get(field.name), traffic) for field in service.usage]
    return name, settings, usage


def raw_resource(service: ServiceModel, typed: Mapping[str, str]) -> dict[str, object]:
    """A filled-in form as a document for `parse_resource`; what is left at its default is not stated."""
    settings = {
        setting.name: value
        for setting in service.settings
        if (value := _raw_setting(setting, typed)) is not None and not _is_default(setting, value)
    }
    usage = {
        field.name: value
        for field in service.usage
        if (value := _raw_usage(f"usage.{field.name}", typed)) is not None
    }
    return {"service": service.code, "name": typed.get("name", ""), "settings": settings, "usage": usage}


def _raw_setting(setting: Setting, typed: Mapping[str, str]) -> object:
    name = f"settings.{setting.name}"
    if setting.kind == "flag":
        return name in typed  # a browser sends nothing for a box that is not ticked
    value = typed.get(name, "").strip()
    if not value:
        return None
    return value if setting.kind in ("choice", "text") else read_number(value)


def _is_default(setting: Setting, value: object) -> bool:
    default = plain_value(setting.default)
    return value == (setting.default if setting.kind == "flag" else default.replace(",", ""))


def _raw_usage(name: str, typed: Mapping[str, str]) -> object:
    amount, per = read_number(typed.get(name, "")), typed.get(f"{name}.per", "")
    if not amount:
        return None
    return {"per": per, "factor": amount} if per else amount


def _setting_field(setting: Setting, value: SettingValue | None) -> Field:
    shown = setting.default if value is None else value
    kind = _KINDS[setting.kind]
    return Field(
        name=f"settings.{setting.name}",
        label=tr(setting.label),
        kind=kind,
        value=plain_value(shown),
        unit=tr(setting.unit),
        hint=tr(setting.help),
        options=tuple(Option(choice.value, tr(choice.label)) for choice in setting.choices)
        or tuple(Option(name, name) for name in setting.suggestions),
        shown_when=_shown_when(setting.shown_when),
    )


def _usage_field(usage: Usage, value: UsageValue | None, traffic: Traffic) -> Field:
    per = value.per if isinstance(value, PerMeasure) else "" if value is not None else usage.suggested_per
    number = value.factor if isinstance(value, PerMeasure) else value
    return Field(
        name=f"usage.{usage.name}",
        label=tr(usage.label),
        kind="usage",
        value="" if number is None else typed_number(number),
        per=per,
        unit=tr(usage.unit),
        hint=tr(usage.help),
        placeholder=typed_number(usage.default),
        options=per_options(traffic, per),
        shown_when=_shown_when(usage.shown_when),
    )


def per_options(traffic: Traffic, chosen: str) -> tuple[Option, ...]:
    """What an amount may be of: a month, any measure, and the measures this scenario names itself."""
    own = [name for name in (traffic.unit, *traffic.measures, chosen) if name and name not in MEASURES]
    return (
        Option("", _("a month")),
        *(Option(name, per_label(name)) for name in MEASURES),
        *(Option(name, per_label(name)) for name in dict.fromkeys(own)),
    )


def plain_value(value: SettingValue) -> str:
    """A setting's value as its control holds it."""
    if isinstance(value, bool):
        return "true" if value else ""
    return typed_number(value) if isinstance(value, Decimal) else value


def _shown_when(condition: tuple[str, str] | None) -> str:
    return f"settings.{condition[0]}={condition[1]}" if condition else ""


def _retyped(field: Field, typed: Mapping[str, str]) -> Field:
    if field.kind == "flag":
        return replace(field, value="true" if field.name in typed else "")
    return replace(
        field, value=typed.get(field.name, field.value), per=typed.get(f"{field.name}.per", field.per)
    )


def _form(
    service: ServiceModel,
    resource_id: UUID | None,
    name: Field,
    settings: Iterable[Field],
    usage: Iterable[Field],
    stated: frozenset[str],
    problems: tuple[Problem, ...],
) -> ResourceForm:
    every = [name, *settings, *usage]
    marked = {field.name: field for field in with_errors(every, problems)}
    asked = {field.shown_when.partition("=")[0] for field in every}
    deciding = [field.name for field in settings if field.name in asked]
    return ResourceForm(
        service=service,
        resource_id=resource_id,
        name=marked["name"],
        deciding=tuple(marked[each] for each in deciding),
        settings=_group([marked[field.name] for field in settings if field.name not in deciding], stated),
        usage=_group([marked[field.name] for field in usage], stated),
        complaints=complaints(every, problems),
    )


def _group(fields: list[Field], stated: frozenset[str]) -> FieldGroup:
    """Fields that hang on another setting stay in sight: it decides whether they are shown at all."""
    free = [field for field in fields if not field.shown_when]
    behind = [
        field for field in free[SHOWN_FIELDS:] if not field.error and field.name.split(".")[1] not in stated
    ]
    if len(behind) < 2:  # a disclosure for a single field hides more than it spares
        behind = []
    return FieldGroup(tuple(field for field in fields if field not in behind), tuple(behind))
