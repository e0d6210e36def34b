"""What a setting has to be, and what to write instead of one that cannot be used."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def listed(text: str) -> tuple[str, ...]:
    """The entries of a setting with commas between them."""
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _is_address(*schemes: str) -> Callable[[str], bool]:
    """A check for addresses of these schemes that name a server or a file."""

    def is_usable(text: str) -> bool:
        try:
            parts = urlsplit(text)
            _ = parts.port  # raises ValueError for one that is no number
        except ValueError:
            return False
        named = parts.hostname if "http" in schemes else parts.netloc or parts.path
        return parts.scheme in schemes and bool(named)

    return is_usable


def _is_database(text: str) -> bool:
    try:
        driver: str = make_url(text).drivername
        return driver in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        return False


def _is_jaeger(text: str) -> bool:
    return _is_address("http", "https")(text if "://" in text else f"http://{text}")


def _is_level(text: str) -> bool:
    return text.upper() in logging.getLevelNamesMapping()


def _are_ip_addresses(text: str) -> bool:
    try:
        _ = [ip_address(entry) for entry in listed(text)]
    except ValueError:
        return False
    return True


#: What a text has to be, by field: the check, and what to write instead of what fails it.
USABLE: Mapping[str, tuple[Callable[[str], object], str]] = {
    "public_url": (_is_address("http", "https"), "an address like https://mockupaws.example.org"),
    "database_url": (
        _is_database,
        "an address like postgresql+psycopg://user:password@host:5432/name or sqlite:///file.db",
    ),
    "redis_url": (_is_address("redis", "rediss", "unix"), "an address like redis://localhost:6379/0"),
    "broker_url": (
        _is_address("redis", "rediss", "redis+socket"), "an address like redis://localhost:6379/1"
    ),
    "celery_result_backend": (
        _is_address("redis", "rediss", "redis+socket"), "an address like redis://localhost:6379/2, or nothing"
    ),
    "default_from_email": (
        re.compile(r"[^\r\n]*[^\s@]@[^\s@]").match, "an address like mockupAWS <costs@example.org>"
    ),
    "log_level": (_is_level, "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    "metrics_addresses": (_are_ip_addresses, "IP addresses with commas between, like 10.0.0.9"),
    "otlp_endpoint": (_is_address("http", "https"), "an address like http://collector:4318, or nothing"),
    "jaeger_endpoint": (_is_jaeger, "a host, an address like http://jaeger:4318, or nothing"),
    "price_list_url": (_is_address("http", "https"), "an address like https://prices.example.org"),
}  # fmt: skip
#: What to write for a value that is not of its type, by pydantic's name of the mistake.
_WISHES: Mapping[str, str] = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "date_from_datetime_parsing": "a date like 2026-12-31",
    "date_from_datetime_inexact": "a date like 2026-12-31",
    "literal_error": "{expected}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
}


def sentences(error: ValidationError) -> Iterator[str]:
    """One sentence for each variable: its name and what to write. Never its value, which may be a secret."""
    for found in error.errors(include_url=False, include_input=False):
        if found["type"] == "value_error":
            yield str(found["ctx"]["error"])
        else:
            yield f"{found['loc'][0]} cannot be used: write {_wish(found)}."


def _wish(found: ErrorDetails) -> str:
    wish = _WISHES.get(found["type"])
    return wish.format_map(found.get("ctx", {})) if wish else f"what fits: {found['msg'].lower()}"
