"""Finds the price keys a product of an offer file answers to.

An offer can hold half a million rows and be asked for thousands of keys. So each selector is filed under one
attribute, the most telling it has; a product is compared in full only with the selectors filed under its own
values.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from webapp.domain.regions import REGIONS
from webapp.pricing.declaration import PriceKey

#: Region prefixes of usage types, besides region codes themselves (KMS). Ireland's is historical.
#: Source: AWS bills and price files; `APS1` is Singapore, Mumbai (ap-south-1) is `APS3`.
REGION_PREFIXES = (
    "USE1", "USE2", "USW1", "USW2", "CAN1", "SAE1", "EU", "EUW1", "EUW2", "EUW3", "EUC1", "EUN1", "EUS1",
    "MES1", "AFS1", "APE1", "APS3", "APS1", "APS2", "APN1", "APN2", "APN3",
)  # fmt: skip
_PREFIXED = re.compile(rf"(?:{'|'.join((*REGION_PREFIXES, *REGIONS))})-(.+)")
#: Attributes a selector is filed under, the most telling first; any other serves when it has none of them.
_TELLING = ("usagetype", "instancetype", "group", "cachememorysizegb", "operation")
#: Places inside or beside a region that have prices of their own.
_NOT_REGIONS = ("AWS Local Zone", "AWS Wavelength Zone", "AWS Outposts")
_NAMED = {name: code for code, name in REGIONS.items()}
#: Older files say "EU (Ireland)" for "Europe (Ireland)" and leave the accent out of São Paulo.
_PLACES = _NAMED | {name.replace("Europe (", "EU (").replace("ã", "a"): code for name, code in _NAMED.items()}
_WITHOUT_REGION = ("", "aws-global", "global")


class _PlainNames(dict[str, str]):
    """Attribute names, as JSON (`instanceType`) and CSV (`Instance Type`) have them, in one spelling."""

    def __missing__(self, name: str) -> str:
        self[name] = plain = re.sub(r"[^a-z0-9]", "", name.lower())
        return plain


plain_name = _PlainNames().__getitem__


def bare_usage_type(usage_type: str) -> str:
    """`usage_type` without its region prefix, if it has one."""
    prefixed = _PREFIXED.fullmatch(usage_type)
    return prefixed.group(1) if prefixed else usage_type


def region_of(product: Mapping[str, str], file_region: str) -> str | None:
    """The region `product` is sold in, empty for none in particular; None when it is none of ours.

    `product` has plain attribute names. Where it does not say, it is the file's region. Free-tier products
    ("Any" location) are nobody's.
    """
    code = product.get("regioncode") or product.get("fromregioncode") or ""
    if code not in _WITHOUT_REGION:
        return code if code in REGIONS else None
    place = product.get("location") or product.get("fromlocation") or ""
    if place == "Any" or product.get("locationtype") in _NOT_REGIONS:
        return None
    return _PLACES.get(place, file_region)


class _Wanted:
    """One price key and what a product must say to be it."""

    __slots__ = ("attributes", "key")

    def __init__(self, price_key: PriceKey) -> None:
        self.key = price_key.key
        self.attributes = {plain_name(name): value for name, value in price_key.selector.items()}

    @property
    def filed_under(self) -> tuple[str, str]:
        name = next((name for name in _TELLING if self.attributes.get(name)), next(iter(self.attributes)))
        return name, self.attributes[name]

    def is_said_by(self, product: Mapping[str, str]) -> bool:
        return all(_says(product.get(name, ""), name, value) for name, value in self.attributes.items())


def _says(said: str, name: str, wanted: str) -> bool:
    return said == wanted or (name == "usagetype" and bare_usage_type(said) == wanted)


class Drawer(dict[str, tuple[_Wanted, ...]]):
    """The selectors filed under one attribute, by the value a product may have; remembers every answer."""

    def __init__(self, filed: Mapping[str, list[_Wanted]], by_usage_type: bool) -> None:
        self._filed = filed
        self._by_usage_type = by_usage_type

    def __missing__(self, value: str) -> tuple[_Wanted, ...]:
        found = list(self._filed.get(value, ()))
        if self._by_usage_type and (bare := bare_usage_type(value)) != value:
            found += self._filed.get(bare, ())
        self[value] = answer = tuple(found)
        return answer


class Selectors:
    """The selectors of some price keys of one offer; keys without one cannot be found and are left out."""

    def __init__(self, price_keys: Iterable[PriceKey]) -> None:
        self.price_keys = {key.key: key for key in price_keys if key.selector}
        filed: dict[str, dict[str, list[_Wanted]]] = {}
        for price_key in self.price_keys.values():
            wanted = _Wanted(price_key)
            name, value = wanted.filed_under
            filed.setdefault(name, {}).setdefault(value, []).append(wanted)
        #: By plain attribute name.
        self.drawers = {name: Drawer(values, name == "usagetype") for name, values in filed.items()}

    @property
    def digest(self) -> str:
        """Changes when a declaration asks for something else: what was read by others must be read again."""
        said = sorted((key.key, key.unit, sorted(key.selector.items())) for key in self.price_keys.values())
        return sha256(repr(said).encode()).hexdigest()[:16]

    def keys_of(self, product: Mapping[str, str]) -> tuple[str, ...]:
        """The price keys that `product` (by plain attribute names) answers to."""
        return tuple(
            wanted.key
            for name, drawer in self.drawers.items()
            for wanted in drawer[product.get(name, "")]
            if wanted.is_said_by(product)
        )
