"""Shapes as JSON Schema 2020-12: TypedDicts by pydantic, documents by the code that knows them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from webapp.api.contract import COMPONENT, JsonSchema, Shape

Mode = Literal["validation", "serialization"]
_REF = "#/components/schemas/"
#: TypedDicts are called `ScenarioJson`; readers of the document know it is JSON.
_SUFFIX = "Json"


class Schemas:
    """The schemas of one document: `of` gives the schema of a shape, `components` what those refer to."""

    def __init__(self, shapes: Iterable[tuple[Shape, Mode]], built: Mapping[str, JsonSchema]) -> None:
        """`built` are the components that code makes; only those something refers to are kept."""
        typed = {_key(shape, mode): (shape, mode) for shape, mode in shapes if not isinstance(shape, dict)}
        made, definitions = TypeAdapter.json_schemas(
            [(key, mode, TypeAdapter(shape)) for key, (shape, mode) in typed.items()],
            ref_template=f"{_REF}{{model}}",
        )
        self._by_shape = {key: _finished(schema) for (key, _), schema in made.items()}
        known = {_plain(name): _finished(schema) for name, schema in definitions.get("$defs", {}).items()}
        self._known = known | {name: _finished(schema) for name, schema in built.items()}
        self._used: set[str] = set()

    def of(self, shape: Shape, mode: Mode) -> JsonSchema:
        """The schema of `shape`, itself short: what has a name is a component."""
        schema: JsonSchema = (
            _finished(shape) if isinstance(shape, dict) else self._by_shape[_key(shape, mode)]
        )
        self._use(schema)
        return schema

    def resolved(self, schema: JsonSchema) -> JsonSchema:
        """`schema`, or the component it is a reference to."""
        while set(schema) == {"$ref"}:
            schema = self._known[schema["$ref"].removeprefix(_REF)]
        return schema

    @property
    def components(self) -> dict[str, JsonSchema]:
        """Every component used so far, by name."""
        return {name: self._known[name] for name in sorted(self._used)}

    def _use(self, schema: object) -> None:
        for name in _references(schema):
            if name not in self._used:
                self._used.add(name)
                self._use(self._known[name])


def _key(shape: Shape, mode: Mode) -> tuple[str, Mode]:
    return f"{getattr(shape, '__module__', '')}.{getattr(shape, '__qualname__', '')} {shape!r}", mode


def _plain(name: str) -> str:
    return name.removesuffix(_SUFFIX) or name


def _finished(value: Any) -> Any:
    """A schema as the document holds it: our references written out, pydantic's made-up titles left out."""
    if isinstance(value, list):
        return [_finished(item) for item in value]
    if not isinstance(value, dict):
        return value
    if COMPONENT in value:
        return {"$ref": _REF + value[COMPONENT]}
    if "$ref" in value:
        kept = {name: _finished(item) for name, item in value.items() if name != "title"}
        return kept | {"$ref": _REF + _plain(value["$ref"].removeprefix(_REF))}
    return {name: _finished(item) for name, item in value.items() if not _is_made_up(name, item)}


def _is_made_up(name: str, item: object) -> bool:
    """A property may be called "title"; a title of pydantic's making is text."""
    return name == "title" and isinstance(item, str)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(named := value.get("$ref"), str):
            yield named.removeprefix(_REF)
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
