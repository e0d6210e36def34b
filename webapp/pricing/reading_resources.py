"""Reading the settings and usage of one resource against its service's declaration."""

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches

from webapp.domain.words import N_, phrase
from webapp.pricing.declaration import Setting, SettingValue, Usage
from webapp.pricing.reading import Reader, known_fields

_FLAGS = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
    "": False,
}


def read_setting(reader: Reader, pointer: str, setting: Setting, raw: object) -> SettingValue | None:
    """The checked value of a setting; None after a problem was noted."""
    if setting.kind == "choice":
        return reader.choice(pointer, raw, tuple(choice.value for choice in setting.choices))
    if setting.kind == "flag":
        return _flag(reader, pointer, raw)
    if setting.kind == "text":
        return _known(reader, pointer, setting, raw)
    return reader.number(
        pointer, raw, minimum=setting.minimum, maximum=setting.maximum, whole=setting.kind == "integer"
    )


def _known(reader: Reader, pointer: str, setting: Setting, raw: object) -> str | None:
    """One of the hundreds of names a setting knows; a wrong one is answered with the nearest."""
    typed = raw.strip() if isinstance(raw, str) else str(raw)
    if typed in setting.known:
        return typed
    nearest = get_close_matches(typed[:80], setting.known, n=3, cutoff=0.4) or setting.suggestions[:3]
    reader.problem(
        pointer,
        phrase(
            N_("“%(value)s” is not known. Did you mean %(names)s?"),
            value=typed[:80],
            names=", ".join(nearest),
        ),
    )
    return None


def _flag(reader: Reader, pointer: str, raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in _FLAGS:
        return _FLAGS[raw.lower()]
    reader.problem(pointer, phrase(N_("This must be true or false.")))
    return None


def read_usage(
    reader: Reader, pointer: str, usage: Usage, raw: object
) -> Decimal | tuple[str, Decimal] | None:
    """A fixed monthly amount, or (measure, factor) of a usage that scales; None after a problem was noted."""
    if not isinstance(raw, Mapping):
        return reader.number(pointer, raw, maximum=usage.maximum)
    known_fields(reader, pointer, raw, ("per", "factor"))
    per = reader.word(f"{pointer}/per", raw.get("per"))
    factor = reader.number(f"{pointer}/factor", raw.get("factor", 1), maximum=usage.maximum)
    return None if per is None or factor is None else (per, factor)
