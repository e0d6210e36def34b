"""What a resource says of itself in one glance: its usage, and the settings that differ from the default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from webapp.domain.words import N_, figure, translated
from webapp.pricing.declaration import ServiceModel, Setting, SettingValue
from webapp.pricing.document import PerMeasure, Resource, UsageValue
from webapp.pricing.services import all_services

#: Measures as they follow an amount: "3 per event".
PER: Mapping[str, str] = {
    "events": N_("per event"),
    "bytes": N_("per byte"),
    "chunks_64kb": N_("per 64 KB chunk"),
    "chunks_512kb": N_("per 512 KB chunk"),
    "chunks_25kb": N_("per 25 KB unit"),
    "chunks_1kb": N_("per 1 KB unit"),
    "chunks_4kb": N_("per 4 KB unit"),
    "input_tokens": N_("per input token"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, both in the reader's language."""

    label: str
    value: str


def facts_of(resource: Resource) -> tuple[Fact, ...]:
    """Usage first, then settings, in the order the service declares them."""
    return tuple(_facts(resource, all_services()[resource.service]))


def _facts(resource: Resource, service: ServiceModel) -> Iterator[Fact]:
    for usage in service.usage:
        if usage.name in resource.usage:
            yield Fact(_(usage.label), _usage(resource.usage[usage.name], usage.unit))
    for setting in service.settings:
        value = resource.settings.get(setting.name)
        if value is not None and value != setting.default:
            yield Fact(_(setting.label), _setting(setting, value))


def _usage(value: UsageValue, unit: str) -> str:
    if isinstance(value, PerMeasure):
        return f"{figure(value.factor)} {per_label(value.per)}"
    return (
        str(_("%(amount)s %(unit)s a month", amount=figure(value), unit=_(unit))) if unit else figure(value)
    )


def per_label(measure: str) -> str:
    """ "per event", or "per orders" for a measure of the scenario's own."""
    return str(_(PER[measure]) if measure in PER else _("per %(measure)s", measure=measure))


def _setting(setting: Setting, value: SettingValue) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Decimal):
        return f"{figure(value)} {_(setting.unit)}" if setting.unit else figure(value)
    label = next((choice.label for choice in setting.choices if choice.value == value), value)
    return translated(label, _)
