"""Schemas in words, for people: "whole number, 1 to 100", "list of Line"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.api.contract import JsonSchema
from webapp.api.openapi.markdown import Spans, spans_of

_REF = "#/components/schemas/"
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
    "array": "list",
}
_FORMATS = {"uuid": "UUID", "date-time": "moment (RFC 3339)", "date": "date", "email": "e-mail address"}
#: More choices than these are counted, not listed.
_LISTED = 12


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of an object: `kind` in words, `shapes` the components those words name."""

    name: str
    kind: str
    shapes: tuple[str, ...]
    is_required: bool
    says: Spans
    choices: tuple[str, ...]


def rows_of(schema: JsonSchema) -> list[FieldRow]:
    """The fields of an object schema."""
    required = schema.get("required", ())
    return [
        row_of(name, part, is_required=name in required)
        for name, part in schema.get("properties", {}).items()
    ]


def row_of(name: str, schema: JsonSchema, *, is_required: bool, says: str = "") -> FieldRow:
    """One field or parameter; its own description goes before the schema's."""
    words = [says or schema.get("description", ""), limits_of(schema), _default(schema)]
    sentence = " ".join(f"{word.rstrip('.')}." for word in words if word)
    return FieldRow(
        name,
        kind_of(schema),
        tuple(references_of(schema)),
        is_required,
        spans_of(sentence),
        choices_of(schema),
    )


def kind_of(schema: JsonSchema) -> str:
    """What a value is, in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "const" in schema:
        return f"“{schema['const']}”"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(kind_of(part) for part in schema[word]))
    if "enum" in schema:
        count = len(schema["enum"])
        return f"one of {count} names" if count > _LISTED else "one of these"
    kinds = schema.get("type", "any value")
    return " or ".join(_typed(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _typed(kind: str, schema: JsonSchema) -> str:
    if kind == "array" and "items" in schema:
        return f"list of {kind_of(schema['items']).removesuffix(' or null')}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{kind_of(schema['additionalProperties'])}, by name"
    if kind == "string" and "format" in schema:
        return _FORMATS.get(schema["format"], str(schema["format"]))
    return _TYPES.get(kind, kind)


def choices_of(schema: JsonSchema) -> tuple[str, ...]:
    """The values a schema lists, when they are few."""
    listed = schema.get("enum", ())
    return tuple(str(value) for value in listed) if len(listed) <= _LISTED else ()


def limits_of(schema: JsonSchema) -> str:
    """Bounds and lengths, in words."""
    found = next((part for part in schema.get("anyOf", ()) if "maximum" in part), schema)
    words = []
    if "minimum" in found and "maximum" in found:
        words.append(f"{_figure(found['minimum'])} to {_figure(found['maximum'])}")
    elif "minimum" in found:
        words.append(f"at least {_figure(found['minimum'])}")
    if "maxLength" in schema:
        words.append(f"at most {_figure(schema['maxLength'])} characters")
    if "maxItems" in schema:
        words.append(f"at most {_figure(schema['maxItems'])} entries")
    return ", ".join(words).capitalize()


def _figure(number: Any) -> str:
    return f"{number:,}" if isinstance(number, int | float) and abs(number) < 10**15 else str(number)


def _default(schema: JsonSchema) -> str:
    value = schema.get("default")
    return "" if value is None else f"Without it: `{str(value).lower() if value in (True, False) else value}`"


def references_of(schema: Any) -> Iterator[str]:
    """Components `schema` names itself, not those they name."""
    if isinstance(schema, list):
        for item in schema:
            yield from references_of(item)
    elif isinstance(schema, dict):
        if isinstance(named := schema.get("$ref"), str) and named.startswith(_REF):
            yield named.removeprefix(_REF)
        for key, item in schema.items():
            if key != "discriminator":
                yield from references_of(item)
