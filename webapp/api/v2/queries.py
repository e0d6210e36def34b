"""Reading the query string of lists."""

from typing import cast

from flask import request

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.regions import REGIONS
from webapp.domain.scenarios import STATUSES
from webapp.domain.words import N_, phrase
from webapp.services.scenario_lists import SORTS, ScenarioQuery, Sort

_CHOICES = {"region": tuple(REGIONS), "status": tuple(STATUSES), "sort": SORTS}
_PARAMETERS = ("page", "page_size", "search", "tag", *_CHOICES)
_MAX_PAGE = 1_000_000
_MAX_PAGE_SIZE = 100
_MAX_TEXT = 200


def read_scenario_query() -> ScenarioQuery:
    """What to list. Raises InvalidInput naming each parameter that is unknown or wrong ("/page_size")."""
    sent = request.args
    problems = [_unknown(name) for name in sent if name not in _PARAMETERS]
    for name, choices in _CHOICES.items():
        if sent.get(name) and sent[name] not in choices:
            message = phrase(N_("Choose one of: %(choices)s."), choices=", ".join(choices))
            problems.append(Problem(f"/{name}", message))
    query = ScenarioQuery(
        search=_text("search", problems),
        region=sent.get("region", ""),
        status=sent.get("status", ""),
        tag=_text("tag", problems),
        sort=cast(Sort, sent.get("sort") or "-updated"),
        page=_count("page", 1, _MAX_PAGE, problems),
        page_size=_count("page_size", 20, _MAX_PAGE_SIZE, problems),
    )
    if problems:
        raise InvalidInput(problems)
    return query


def _unknown(name: str) -> Problem:
    known = ", ".join(_PARAMETERS)
    return Problem(f"/{name}", phrase(N_("This parameter is not known. Known: %(names)s."), names=known))


def _text(name: str, problems: list[Problem]) -> str:
    value = request.args.get(name, "").strip()
    if len(value) > _MAX_TEXT or "\x00" in value:
        problems.append(Problem(f"/{name}", phrase(N_("Use at most %(n)s characters."), n=_MAX_TEXT)))
    return value


def _count(name: str, default: int, maximum: int, problems: list[Problem]) -> int:
    value = request.args.get(name) or str(default)
    if value.isascii() and value.isdigit() and len(value) <= 9 and 1 <= int(value) <= maximum:
        return int(value)
    message = phrase(N_("This is a whole number from 1 to %(n)s."), n=f"{maximum:,}")
    problems.append(Problem(f"/{name}", message))
    return default
