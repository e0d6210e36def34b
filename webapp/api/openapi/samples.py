"""An example of a schema, from the examples, choices and formats it states itself."""

from typing import Any

from webapp.api.contract import JsonSchema
from webapp.api.openapi.schemas import Schemas

_FORMATS = {
    "uuid": "0b6f3c1e-8d5a-4f0e-9a51-2f6f0c6d7e10",
    "date-time": "2026-11-24T09:30:00Z",
    "date": "2026-11-24",
    "email": "ada@example.com",
    "uri": "https://example.com/",
}
#: A schema that holds itself ends here.
_DEPTH = 8


def sample_of(schema: JsonSchema, schemas: Schemas, depth: int = 0) -> Any:
    """A value `schema` allows, for readers; the same one every time."""
    if "$ref" in schema:
        return sample_of(_sibling(schema, schemas), schemas, depth + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("anyOf", "oneOf"):
        if schema.get(word):
            if depth >= _DEPTH and {"type": "null"} in schema[word]:
                return None
            return sample_of(schema[word][0], schemas, depth + 1)
    return _of_type(schema, schemas, depth)


def _sibling(schema: JsonSchema, schemas: Schemas) -> JsonSchema:
    """What a reference means; examples beside it go first."""
    if schema.get("examples"):
        return {"examples": schema["examples"]}
    return schemas.resolved({"$ref": schema["$ref"]})


def _of_type(schema: JsonSchema, schemas: Schemas, depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        items = schema.get("items")
        return [sample_of(items, schemas, depth + 1)] if items and depth < _DEPTH else []
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "text")
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(str(kind))


def _object(schema: JsonSchema, schemas: Schemas, depth: int) -> dict[str, Any]:
    if depth >= _DEPTH:
        return {}
    return {
        name: sample_of(part, schemas, depth + 1)
        for name, part in schema.get("properties", {}).items()
        if not part.get("writeOnly")
    }
