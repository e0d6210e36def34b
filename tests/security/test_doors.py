"""Every way in for somebody unknown has its own, stricter limit: none was forgotten, none was renamed."""

from flask import Flask
from werkzeug.routing import Rule

from webapp.edge.limits import TRIED_AT

#: What a visitor may send that tries nothing: it ends or changes only what is theirs already.
HARMLESS = {"accounts.sign_out", "accounts.choose_theme"}
ROOMS = ("accounts", "mailed_links")


def _takes_post(rule: Rule) -> bool:
    return "POST" in (rule.methods or set())


def test_every_page_that_takes_passwords_codes_or_addresses_is_a_door(app: Flask) -> None:
    rules = app.url_map.iter_rules()
    open_to_all = {
        rule.endpoint for rule in rules if _takes_post(rule) and rule.endpoint.split(".")[0] in ROOMS
    }
    assert open_to_all - HARMLESS <= set(TRIED_AT)
    assert len(open_to_all - HARMLESS) >= 6


def test_every_api_route_of_accounts_without_a_scope_is_a_door(app: Flask) -> None:
    open_to_all = set()
    for rule in app.url_map.iter_rules():
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        if _takes_post(rule) and "/auth/" in rule.rule and operation is not None and operation.scope is None:
            open_to_all.add(rule.endpoint)
    assert open_to_all <= set(TRIED_AT)
    assert len(open_to_all) >= 8


def test_no_door_has_moved_away(app: Flask) -> None:
    """A renamed view would stand open."""
    assert set(TRIED_AT) <= set(app.view_functions)
