"""The routes of one version, as the URL map and `@operation` tell them."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from webapp.api.contract import JsonSchema, Operation
from webapp.api.openapi.versions import Version

#: What Flask adds to every route by itself.
_ADDED = {"HEAD", "OPTIONS"}
#: "<uuid:scenario_id>"; the group is the name.
_VARYING = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_SCHEMAS: dict[str, JsonSchema] = {
    "UUIDConverter": {"type": "string", "format": "uuid"},
    "IntegerConverter": {"type": "integer", "minimum": 0},
    "UnicodeConverter": {"type": "string", "minLength": 1, "pattern": "^[^/]+$"},
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address, with its contract."""

    method: str
    #: "/api/v2/scenarios/{scenario_id}".
    path: str
    name: str
    operation: Operation
    description: str
    #: Name -> schema of each part of the path that varies.
    path_parameters: dict[str, JsonSchema]


def routes_of(app: Flask, version: Version) -> list[Route]:
    """Every described route of `version`, by address."""
    found = [route for rule in app.url_map.iter_rules() for route in _routes(app, rule, version)]
    return sorted(found, key=lambda route: (route.path, route.method))


def path_of(rule: Rule) -> str:
    """The address as OpenAPI writes it."""
    return _VARYING.sub(r"{\1}", rule.rule)


def _routes(app: Flask, rule: Rule, version: Version) -> Iterator[Route]:
    view = app.view_functions[rule.endpoint]
    said = getattr(view, "operation", None)
    if not version.owns(rule.rule) or not isinstance(said, Operation):
        return
    for method in sorted((rule.methods or set()) - _ADDED):
        yield Route(
            method.lower(),
            path_of(rule),
            rule.endpoint.removeprefix(f"api_{version.name}.").replace(".", "_"),
            said,
            inspect.cleandoc(view.__doc__ or ""),
            {name: _schema(rule, name) for name in _VARYING.findall(rule.rule)},
        )


def _schema(rule: Rule, name: str) -> JsonSchema:
    return _SCHEMAS[type(rule._converters[name]).__name__]
