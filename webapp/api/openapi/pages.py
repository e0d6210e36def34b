"""An OpenAPI document as pages for people: what a template needs, in the order it prints it."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from webapp.api.openapi.answers import answer_of
from webapp.api.openapi.markdown import Block, Spans, blocks_of, spans_of
from webapp.api.openapi.words import FieldRow, kind_of, references_of, row_of, rows_of

#: A component with one kind for each AWS service: the service reference tells them, field by field.
_ANY_SERVICE = "Resource"
_KEY = "apiKey"


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation in a list. `path` is written as the document writes it."""

    name: str
    method: str
    path: str
    summary: str
    scope: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of a tag."""

    name: str
    says: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A component: its fields, or in words what else it is."""

    name: str
    says: Spans
    kind: str
    links: tuple[str, ...]
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter, as a row to read and a field to try."""

    place: str
    row: FieldRow
    example: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media types, its shape and an example."""

    media_types: tuple[str, ...]
    kind: str
    links: tuple[str, ...]
    example: str
    says: Spans = ()


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer of an operation."""

    status: str
    says: Spans
    content: Content | None
    headers: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True, slots=True)
class OperationPage:
    """Everything about one operation."""

    entry: Entry
    tag: str
    blocks: list[Block]
    inputs: tuple[Input, ...]
    body: Content | None
    answers: tuple[AnswerRow, ...]
    shapes: tuple[Shape, ...]
    curl: str


def groups_of(document: dict[str, Any]) -> list[Group]:
    """Every operation, by tag."""
    found: dict[str, list[Entry]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_entry(method, path, operation))
    says = {tag["name"]: tag["description"] for tag in document["tags"]}
    return [Group(name, says[name], tuple(entries)) for name, entries in found.items()]


def guide_of(document: dict[str, Any]) -> list[Block]:
    """What the whole document says in sentences."""
    return blocks_of(document["info"]["description"])


def operation_page(document: dict[str, Any], name: str) -> OperationPage | None:
    """The page of the operation called `name`; None when there is none."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] == name:
                return _page(document, _entry(method, path, operation), operation)
    return None


def _entry(method: str, path: str, operation: dict[str, Any]) -> Entry:
    scopes = [scope for way in operation["security"] for asked in way.values() for scope in asked]
    return Entry(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        scopes[0] if scopes else "",
    )


def _page(document: dict[str, Any], entry: Entry, operation: dict[str, Any]) -> OperationPage:
    body = operation.get("requestBody")
    answers = {status: answer_of(document, operation, status) or {} for status in operation["responses"]}
    contents = [*([body] if body else []), *answers.values()]
    own = body and _content(body["content"], body.get("description", ""))
    return OperationPage(
        entry,
        operation["tags"][0],
        blocks_of(operation["description"]),
        tuple(_input(parameter) for parameter in operation["parameters"]),
        own or None,
        tuple(_answer(status, answer) for status, answer in answers.items()),
        tuple(_shapes(document, contents)),
        _curl(entry, own or None, takes_keys=any(_KEY in way for way in operation["security"])),
    )


def _input(parameter: dict[str, Any]) -> Input:
    row = row_of(
        parameter["name"],
        parameter["schema"],
        is_required=parameter["required"],
        says=parameter.get("description", ""),
    )
    return Input(parameter["in"], row, str(parameter.get("example", "")))


def _content(content: dict[str, Any], says: str = "") -> Content | None:
    if not content:
        return None
    first = next(iter(content.values()))
    schema = first["schema"]
    example = first.get("example", "")
    return Content(
        tuple(content),
        kind_of(schema),
        tuple(dict.fromkeys(references_of(schema))),
        example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False),
        spans_of(says),
    )


def _answer(status: str, answer: dict[str, Any]) -> AnswerRow:
    own = [(name, said) for name, said in answer["headers"].items() if "$ref" not in said]
    headers = tuple((name, spans_of(said["description"])) for name, said in own)
    return AnswerRow(status, spans_of(answer["description"]), _content(answer.get("content", {})), headers)


def _shapes(document: dict[str, Any], contents: list[dict[str, Any]]) -> list[Shape]:
    """Every component the contents name, and those they name, in the order they are met."""
    known, met = document["components"]["schemas"], list(dict.fromkeys(references_of(contents)))
    for name in met:
        further = [] if name == _ANY_SERVICE else references_of(known[name])
        met += [other for other in dict.fromkeys(further) if other not in met]
    return [_shape(name, known[name]) for name in met]


def _shape(name: str, schema: dict[str, Any]) -> Shape:
    says = spans_of(schema.get("description", ""))
    if name == _ANY_SERVICE:
        return Shape(name, says, f"one of {len(schema['oneOf'])} services", (), ())
    if "properties" in schema:
        return Shape(name, says, "object", (), tuple(rows_of(schema)))
    inner: dict[str, Any] = next((part for part in schema.get("anyOf", ()) if "properties" in part), {})
    return Shape(name, says, kind_of(schema), tuple(references_of(schema)), tuple(rows_of(inner)))


def _curl(entry: Entry, body: Content | None, *, takes_keys: bool) -> str:
    """A command for a shell; what it cannot know stands as a variable."""
    path = entry.path
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, f"${part[1:-1].upper()}")
    lines = [
        f'curl -i{"" if entry.method in ("GET", "POST") else f" -X {entry.method}"} "$MOCKUPAWS_URL{path}"'
    ]
    if entry.scope:
        key, token = "X-API-Key: $MOCKUPAWS_API_KEY", "Authorization: Bearer $ACCESS_TOKEN"
        lines.append(f'  -H "{key if takes_keys else token}"')
    if body is None:
        if entry.method == "POST":
            lines[0] = lines[0].replace("curl -i", "curl -i -X POST")
    elif "application/json" in body.media_types[:1]:
        lines.append(f"  --json {shlex.quote(body.example)}")
    else:
        lines += [
            f"  -H 'Content-Type: {body.media_types[0]}'",
            f"  --data-binary {shlex.quote(body.example)}",
        ]
    return " \\\n".join(lines)
