"""Recognises input that looks like an attack, so that somebody hears of it. It refuses and alters nothing.

What is recognised may well be innocent: people write about SQL. Every search here is linear in the text, with
no pattern that could be made to try again and again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

Pattern = Literal[
    "sql-injection",
    "script-injection",
    "path-traversal",
    "template-injection",
    "nul-byte",
    "header-injection",
]

#: Letters looked at in one request, and texts among them: what bounds the time it takes.
MOST_LETTERS, MOST_TEXTS = 16_384, 400
_DEEPEST = 20

#: Texts without any of these are harmless; most texts are done with here.
_WORTH_A_LOOK = re.compile(r"[<'\";%$#\x00\r\n{\\(*:=]|--|\.\.|(?i:union )")
_SQL = re.compile(
    r"\bunion (?:all )?select\b"
    r"|['\"`)] ?(?:or|and|xor|\|\||&&) ?[('\"`]{0,3}\w{1,40}['\"`)]{0,3}"
    r" ?(?:=|<|>|like\b|is\b|in\b|between\b)"
    r"|\b(?:or|and) (\d{1,9}) ?= ?\1\b"
    r"|; ?(?:drop|alter|truncate|delete|insert|update|create|grant|exec|shutdown|declare)\b[ (]"
    r"|['\")\d] ?(?:--|#|/\*) ?$"
    r"|\bwaitfor delay\b|\b(?:pg_)?sleep ?\(|\bbenchmark ?\(|\bxp_cmdshell\b|\bload_file ?\("
    r"|\binto (?:out|dump)file\b|\binformation_schema\b|\bsqlite_master\b|\bpg_catalog\b"
)
_SCRIPT = re.compile(
    r"< ?/? ?(?:script|iframe|object|embed|svg|math|meta|base|link)\b"
    r"|<[^<>]{0,200}[\s/\"']on[a-z]{3,20} ?="
    r"|(?:javascript|vbscript|livescript):"
    r"|data:text/html"
    r"|\bsrcdoc ?="
)
_TRAVERSAL = re.compile(
    r"(?<![.\w])\.\.[/\\;]|(?<=[/\\=])\.\.$|/etc/(?:passwd|shadow)\b|\bboot\.ini\b|\bwin\.ini\b"
)
_TEMPLATE = re.compile(
    r"\$\{(?:jndi:|\$\{|(?:lower|upper|env|sys|base64|::-)|[^{}\s]{0,40}:-)"
    r"|\{\{[^{}]{0,80}(?:\*|__|config|self\b|request\b|cycler|lipsum|constructor)"
    r"|\{%-? ?(?:for|if|include|import|set|extends)\b"
    r"|<%[=@!]"
    r"|#\{[^{}]{0,60}[*(]"
)
_HEADER = re.compile(
    r"[\r\n]{1,2}(?:set-cookie|location|content-(?:type|length|disposition)|transfer-encoding|host"
    r"|x-forwarded-\w{1,10}|access-control-[\w-]{1,30}|http/[\d.]{1,3}) ?[: ]"
)
_PLAIN_NAME = re.compile(r"[\w.-]{1,60}", re.ASCII)
#: Fields whose very suspicion would tell something of a secret.
_SECRET = re.compile(r"pass(?:word|phrase)|secret|token|\bcode\b", re.I)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What was recognised, and in which field: "query q", "form name", "body /resources/0/name"."""

    patterns: tuple[Pattern, ...]
    where: str


def recognise(text: str) -> tuple[Pattern, ...]:
    """Attacks that `text` looks like, each once; empty for nearly every text."""
    if _WORTH_A_LOOK.search(text) is None:
        return ()
    return tuple(_recognised(text.lower()))


def _recognised(text: str) -> Iterator[Pattern]:
    decoded = unquote(unquote(text)) if "%" in text else text
    flat = " ".join(decoded.replace("/**/", " ").split())
    if "\x00" in decoded:
        yield "nul-byte"
    if _HEADER.search(decoded):
        yield "header-injection"
    if _SQL.search(flat):
        yield "sql-injection"
    if _SCRIPT.search(flat) or "javascript:" in flat.replace(" ", ""):
        yield "script-injection"
    if _TRAVERSAL.search(flat):
        yield "path-traversal"
    if _TEMPLATE.search(flat):
        yield "template-injection"


def examine(fields: Iterable[tuple[str, str]]) -> Suspicion | None:
    """Everything suspicious in `fields` (where, text) in one finding; None when there is nothing.

    Fields whose names speak of secrets are left alone. Past MOST_LETTERS or MOST_TEXTS nothing is looked at.
    """
    patterns: dict[Pattern, None] = {}
    first, letters = "", 0
    for number, (where, text) in enumerate(fields):
        if number >= MOST_TEXTS or letters >= MOST_LETTERS:
            break
        looked_at = text[: MOST_LETTERS - letters]
        letters += len(looked_at)
        found = recognise(looked_at)
        if found and not _SECRET.search(where):
            first = first or where
            patterns.update(dict.fromkeys(found))
    return Suspicion(tuple(patterns), first) if patterns else None


def texts_of(value: object, where: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every text in a decoded JSON value with its pointer; names count as texts of the object around them."""
    if isinstance(value, str):
        yield where, value
    elif depth >= _DEEPEST:
        return
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield where, str(name)
            yield from texts_of(inner, f"{where}/{shown_name(str(name))}", depth + 1)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from texts_of(inner, f"{where}/{position}", depth + 1)


@lru_cache(maxsize=1_024)
def shown_name(name: str) -> str:
    """A field's name as the audit may hold it: what a sender invents is not repeated there."""
    return name if _PLAIN_NAME.fullmatch(name) else "(odd name)"
