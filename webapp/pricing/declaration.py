"""The declaration one AWS service makes of itself. Forms, checks, schema, docs and prices come from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from webapp.domain.words import N_, Wording, phrase

#: Usage beyond this is a typing error, not a workload: a million times the largest published AWS tier.
MAX_USAGE = Decimal(10) ** 17

FreeTierPolicy = Literal["none", "always", "first-12-months"]
FREE_TIER_POLICIES: tuple[FreeTierPolicy, ...] = ("none", "always", "first-12-months")
SettingValue = Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a choice setting may take, and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A property of a resource that does not scale with traffic (memory, architecture, storage class).

    `kind`: "integer" and "number" are bounded by `minimum`/`maximum` in `unit`; "choice" takes one of
    `choices`; "flag" is true or false; "text" takes one of `known`, of which there are too many for a form
    to list, so it lists `suggestions`. `shown_when` names (setting, value) another setting must have for
    this one to matter; a form hides it otherwise, the engine simply does not read it.
    """

    name: str
    label: str
    kind: Literal["integer", "number", "choice", "flag", "text"]
    default: SettingValue
    help: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    shown_when: tuple[str, str] | None = None
    known: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """A monthly amount that scales with traffic: fixed, or `factor x measure`. Never negative.

    `suggested_per` names the measure a form offers first ("events", "chunks_64kb").
    """

    name: str
    label: str
    unit: str
    help: str = ""
    default: Decimal = Decimal(0)
    maximum: Decimal = MAX_USAGE
    suggested_per: str = "events"
    shown_when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PriceKey:
    """A price the service needs: its key, billing unit, label, and how to find it in the AWS Price List.

    `selector` maps a product attribute of the offer file `offer` to the value it must have; the usage
    type is matched without its region prefix. A price that exists once per instance type is declared once:
    `each` holds the types, "*" stands for one of them in `key` and `selector`, and `concrete` is all of them.
    """

    key: str
    label: str
    unit: str
    offer: str
    selector: Mapping[str, str] = field(default_factory=dict)
    each: tuple[str, ...] = ()

    def concrete(self) -> Iterator["PriceKey"]:
        """The price itself, or one for every name in `each`."""
        if not self.each:
            yield self
        for name in self.each:
            yield self.of(name)

    def of(self, name: str) -> "PriceKey":
        """The price of one of the names in `each`."""
        selector = {part: value.replace("*", name) for part, value in self.selector.items()}
        label = phrase(N_("%(what)s, %(name)s"), what=self.label, name=name)
        return PriceKey(self.key.replace("*", name), label, self.unit, self.offer, selector)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A monthly free allowance, shared by all `keys` over the whole account; taken in the order of `keys`.

    `policy`: "always" never ends; "first-12-months" exists only for accounts opened before 2025-07-15.
    """

    name: str
    label: str
    keys: tuple[str, ...]
    quantity: Decimal
    policy: Literal["always", "first-12-months"]
    source: str

    def granted_by(self, policy: FreeTierPolicy) -> bool:
        """Whether a scenario with free-tier `policy` has this allowance."""
        return policy == "first-12-months" or policy == self.policy


@dataclass(frozen=True, slots=True)
class Quantity:
    """`amount` billing units of `key` that one resource uses a month, and how that came about, in words."""

    key: str
    amount: Decimal
    how: Wording


@dataclass(frozen=True, slots=True)
class Inputs:
    """Checked settings and monthly usage of one resource, defaults filled in."""

    settings: Mapping[str, SettingValue]
    usage: Mapping[str, Decimal]

    def number(self, name: str) -> Decimal:
        value = self.settings[name]
        assert isinstance(value, Decimal)
        return value

    def choice(self, name: str) -> str:
        return str(self.settings[name])

    def flag(self, name: str) -> bool:
        return self.settings[name] is True

    def __getitem__(self, name: str) -> Decimal:
        """Monthly usage called `name`."""
        return self.usage[name]


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """One AWS service: what can be said about it, what it costs by, and a function from one to the other."""

    code: str
    name: str
    category: str
    summary: str
    settings: tuple[Setting, ...]
    usage: tuple[Usage, ...]
    prices: tuple[PriceKey, ...]
    allowances: tuple[Allowance, ...]
    quantities: Callable[[Inputs], Iterable[Quantity]]
    assumptions: tuple[str, ...] = ()
    #: AWS's own page on the price, for people; never fetched.
    pricing_page: str = ""
    #: Short words people search for ("queue", "messages").
    keywords: tuple[str, ...] = ()

    def inputs(self, settings: Mapping[str, SettingValue], usage: Mapping[str, Decimal]) -> Inputs:
        """What was stated, with the declared defaults for the rest."""
        defaults = {setting.name: setting.default for setting in self.settings}
        amounts = {field.name: field.default for field in self.usage}
        return Inputs({**defaults, **settings}, {**amounts, **usage})

    def setting(self, name: str) -> Setting | None:
        return next((setting for setting in self.settings if setting.name == name), None)

    def shows(self, condition: tuple[str, str] | None, settings: Mapping[str, SettingValue]) -> bool:
        """Whether a field with this `shown_when` matters under `settings` (stated ones; defaults fill in)."""
        if condition is None:
            return True
        setting = self.setting(condition[0])
        value = settings.get(condition[0], setting.default if setting else "")
        return str(value).lower() == condition[1].lower()

    def usage_field(self, name: str) -> Usage | None:
        return next((usage for usage in self.usage if usage.name == name), None)
