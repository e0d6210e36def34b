"""What a resource is metered at, before any price: for tests of rounding, minimums and included amounts."""

from collections import defaultdict
from decimal import Decimal

from webapp.pricing.declaration import Inputs, Setting, SettingValue
from webapp.pricing.services import all_services


def metered(service: str, **stated: int | str) -> dict[str, Decimal]:
    """Billed units by price key, what is not stated at its default; keys without use are left out."""
    model = all_services()[service]
    settings: dict[str, SettingValue] = {setting.name: setting.default for setting in model.settings}
    usage = {field.name: field.default for field in model.usage}
    for name, value in stated.items():
        setting = model.setting(name)
        if setting is None:
            assert name in usage, name
            usage[name] = Decimal(value)
        else:
            settings[name] = _typed(setting, value)
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for quantity in model.quantities(Inputs(settings, usage)):
        units[quantity.key] += quantity.amount
    return {key: amount for key, amount in units.items() if amount}


def _typed(setting: Setting, value: int | str) -> SettingValue:
    if setting.kind == "flag":
        return bool(value)
    return str(value) if setting.kind in ("choice", "text") else Decimal(value)
