"""The estimate document: one JSON shape for the API, the command line, forms and tests, checked here.

Every problem is collected with a JSON pointer, so one answer names all that is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from webapp.domain.errors import InvalidInput
from webapp.domain.regions import REGIONS
from webapp.domain.traffic import Traffic
from webapp.domain.words import N_, phrase
from webapp.pricing.commitments import Commitment
from webapp.pricing.declaration import FREE_TIER_POLICIES, FreeTierPolicy, ServiceModel, SettingValue
from webapp.pricing.prices import Tier
from webapp.pricing.reading import Reader, known_fields
from webapp.pricing.reading_commitment import read_commitment
from webapp.pricing.reading_prices import read_prices
from webapp.pricing.reading_resources import read_setting, read_usage
from webapp.pricing.reading_traffic import read_traffic
from webapp.pricing.services import all_services

MAX_RESOURCES = 5_000
MAX_TAGS = 20
FIELDS = (
    "name",
    "description",
    "tags",
    "region",
    "free_tier",
    "commitment",
    "traffic",
    "resources",
    "prices",
)
#: `id` names a resource already kept; an estimate has no use for it.
RESOURCE_FIELDS = ("service", "name", "settings", "usage", "id")


@dataclass(frozen=True, slots=True)
class PerMeasure:
    """A usage that scales: `factor` units per unit of the measure `per`."""

    per: str
    factor: Decimal


UsageValue = Decimal | PerMeasure


@dataclass(frozen=True, slots=True)
class Resource:
    """One AWS service in use. `settings` and `usage` hold what was stated; the service has the defaults."""

    service: str
    name: str
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
    usage: Mapping[str, UsageValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EstimateDocument:
    """What an estimate is asked for. `prices` are stated by the document itself, USD tiers by price key."""

    region: str
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    free_tier: FreeTierPolicy = "none"
    commitment: Commitment = field(default_factory=Commitment)
    traffic: Traffic = field(default_factory=Traffic)
    resources: tuple[Resource, ...] = ()
    prices: Mapping[str, tuple[Tier, ...]] = field(default_factory=dict)


def parse_document(raw: object) -> EstimateDocument:
    """Check a decoded JSON document. Raises InvalidInput naming every field that is wrong."""
    return _document(Reader(), raw)


def read_kept_document(raw: object) -> EstimateDocument:
    """A document that was accepted once and stored, whatever limits on numbers came later."""
    return _document(Reader(is_kept=True), raw)


def _document(reader: Reader, raw: object) -> EstimateDocument:
    fields = reader.mapping("", raw)
    if fields is None:
        raise InvalidInput(reader.problems)
    known_fields(reader, "", fields, FIELDS)
    document = EstimateDocument(
        region=reader.choice("/region", fields.get("region"), tuple(REGIONS), required=True) or "",
        name=reader.text("/name", fields.get("name", ""), maximum=200),
        description=reader.text("/description", fields.get("description", ""), maximum=2_000),
        tags=_tags(reader, fields.get("tags")),
        free_tier=_policy(reader.choice("/free_tier", fields.get("free_tier", "none"), FREE_TIER_POLICIES)),
        commitment=read_commitment(reader, "/commitment", fields.get("commitment")),
        traffic=read_traffic(reader, "/traffic", fields.get("traffic")),
        resources=_resources(reader, fields.get("resources", [])),
        prices=read_prices(reader, "/prices", fields.get("prices")),
    )
    if reader.problems:
        raise InvalidInput(reader.problems)
    return document


def parse_resource(raw: object, pointer: str = "") -> Resource:
    """Check one resource on its own. Raises InvalidInput; pointers start at `pointer`."""
    return _checked_resource(Reader(), pointer, raw)


def read_kept_resource(raw: object) -> Resource:
    """A resource that was accepted once and stored, as `read_kept_document` reads it."""
    return _checked_resource(Reader(is_kept=True), "", raw)


def _checked_resource(reader: Reader, pointer: str, raw: object) -> Resource:
    resource = _resource(reader, pointer, raw)
    if reader.problems or resource is None:
        raise InvalidInput(reader.problems)
    return resource


def parse_traffic(raw: object, pointer: str = "/traffic") -> Traffic:
    """Check the traffic part on its own. Raises InvalidInput."""
    reader = Reader()
    traffic = read_traffic(reader, pointer, raw)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return traffic


def _tags(reader: Reader, raw: object) -> tuple[str, ...]:
    """Distinct tags in their order, lower case; people type them, so case does not make two."""
    items = reader.sequence("/tags", raw, maximum=MAX_TAGS)
    tags = [reader.text(f"/tags/{index}", item, maximum=40).lower() for index, item in enumerate(items)]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _policy(value: str | None) -> FreeTierPolicy:
    return next((policy for policy in FREE_TIER_POLICIES if policy == value), "none")


def _resources(reader: Reader, raw: object) -> tuple[Resource, ...]:
    items = reader.sequence("/resources", raw, maximum=MAX_RESOURCES)
    read = (_resource(reader, f"/resources/{index}", item) for index, item in enumerate(items))
    return tuple(resource for resource in read if resource is not None)


def _resource(reader: Reader, pointer: str, raw: object) -> Resource | None:
    fields = reader.mapping(pointer, raw)
    if fields is None:
        return None
    known_fields(reader, pointer, fields, RESOURCE_FIELDS)
    code = reader.choice(f"{pointer}/service", fields.get("service"), tuple(all_services()), required=True)
    if code is None:
        return None
    service = all_services()[code]
    settings = _settings(reader, f"{pointer}/settings", service, fields.get("settings", {}))
    usage = _usage(reader, f"{pointer}/usage", service, fields.get("usage", {}))
    _check_relevant(reader, pointer, service, settings, usage)
    name = reader.text(f"{pointer}/name", fields.get("name", ""), maximum=100)
    return Resource(code, name or service.name, settings, usage)


def _check_relevant(
    reader: Reader,
    pointer: str,
    service: ServiceModel,
    settings: Mapping[str, SettingValue],
    usage: Mapping[str, UsageValue],
) -> None:
    """Refuse what the chosen settings leave unread: it would cost a silent nothing."""
    stated = [
        (f"{pointer}/settings/{setting.name}", setting.shown_when)
        for setting in service.settings
        if setting.name in settings and settings[setting.name] != setting.default
    ]
    stated += [
        (f"{pointer}/usage/{field.name}", field.shown_when)
        for field in service.usage
        if field.name in usage and usage[field.name] != 0
    ]
    for where, condition in stated:
        if condition is not None and not service.shows(condition, settings):
            message = N_(
                "This counts only when %(setting)s is %(wanted)s. Change the setting, or leave it out."
            )
            reader.problem(where, phrase(message, setting=condition[0], wanted=condition[1]))


def _settings(reader: Reader, pointer: str, service: ServiceModel, raw: object) -> dict[str, SettingValue]:
    checked: dict[str, SettingValue] = {}
    for name, value in (reader.mapping(pointer, raw) or {}).items():
        setting = service.setting(name)
        if setting is None:
            _misplaced(reader, f"{pointer}/{name}", service, name, other="usage")
        elif (read := read_setting(reader, f"{pointer}/{name}", setting, value)) is not None:
            checked[name] = read
    return checked


def _usage(reader: Reader, pointer: str, service: ServiceModel, raw: object) -> dict[str, UsageValue]:
    checked: dict[str, UsageValue] = {}
    for name, value in (reader.mapping(pointer, raw) or {}).items():
        usage = service.usage_field(name)
        if usage is None:
            _misplaced(reader, f"{pointer}/{name}", service, name, other="settings")
            continue
        read = read_usage(reader, f"{pointer}/{name}", usage, value)
        if isinstance(read, tuple):
            checked[name] = PerMeasure(*read)
        elif read is not None:
            checked[name] = read
    return checked


def _misplaced(reader: Reader, pointer: str, service: ServiceModel, name: str, *, other: str) -> None:
    found = service.setting(name) if other == "settings" else service.usage_field(name)
    if found is not None:
        reader.problem(
            pointer, phrase(N_("%(name)s belongs under %(other)s."), name=name, other=f'"{other}"')
        )
        return
    known = service.usage if other == "settings" else service.settings
    names = ", ".join(item.name for item in known) or N_("none")
    reader.problem(
        pointer,
        phrase(
            N_("%(service)s has no %(name)s here. It knows: %(names)s."),
            service=service.name,
            name=name,
            names=names,
        ),
    )
