"""The little Markdown our descriptions use, as blocks a template prints: no HTML is made from text here."""

import re
from dataclasses import dataclass
from typing import Literal

_INLINE = re.compile(r"`([^`]+)`|\*([^*\s][^*]*)\*")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence."""

    kind: Literal["text", "code", "em"]
    text: str


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list or a table. Lists and paragraphs have rows of one cell each."""

    kind: Literal["heading", "paragraph", "list", "table"]
    rows: tuple[tuple[Spans, ...], ...]

    @property
    def spans(self) -> Spans:
        """The words of a heading or paragraph."""
        return self.rows[0][0]


def blocks_of(text: str) -> list[Block]:
    """`text` in blocks, in their order."""
    return [_block(part.strip("\n")) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def spans_of(text: str) -> Spans:
    """One sentence or more, with `code` and *emphasis* told apart."""
    spans, end = [], 0
    for found in _INLINE.finditer(text):
        spans.append(Span("text", text[end : found.start()]))
        spans.append(Span("code", found[1]) if found[1] else Span("em", found[2]))
        end = found.end()
    spans.append(Span("text", text[end:]))
    return tuple(span for span in spans if span.text)


def _block(part: str) -> Block:
    lines = part.splitlines()
    if lines[0].startswith("#"):
        return Block("heading", ((spans_of(lines[0].lstrip("# ")),),))
    if all(line.startswith("|") for line in lines):
        rows = [line.strip("| ").split("|") for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        return Block("table", tuple(tuple(spans_of(cell.strip()) for cell in row) for row in rows))
    if lines[0].startswith("- "):
        items = re.split(r"\n- ", part.removeprefix("- "))
        return Block("list", tuple((spans_of(_joined(item)),) for item in items))
    return Block("paragraph", ((spans_of(_joined(part)),),))


def _joined(text: str) -> str:
    return " ".join(text.split())
