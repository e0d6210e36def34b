"""The audit: what happened, found and exported; one entry with what became different."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.activity_words import VIA_WORDS, activity_words
from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import admin_required
from webapp.infra.clock import now
from webapp.services.audit_search import (
    AuditCard,
    AuditPage,
    AuditQuery,
    export_entries,
    find_entries,
    get_entry,
    list_activities,
)
from webapp.services.audit_status import audit_status

bp = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
_FILTERS = ("activity", "actor", "subject", "address", "correlation_id", "since", "until")
#: More than any column of numbers holds.
_MOST_SEQ = 2**63
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing an entry says: `before` and `after` where something became different, else only `after`."""

    name: str
    before: str | None
    after: str | None
    is_change: bool = False


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    typed = _typed()
    page, problems = _found(typed)
    return htmx.show(
        "admin/audit/index.html",
        "admin/audit/_entries.html",
        status=422 if problems else 200,
        push=url_for(".index", **_stated(typed)),
        typed=typed,
        stated=_stated(typed),
        problems=problems,
        found=page,
        activities=sorted((activity_words(name), name) for name in list_activities()),
        audit=audit_status(),
        **_words(),
    )


def _found(typed: Mapping[str, str]) -> tuple[AuditPage, Mapping[str, str]]:
    """The page that is asked for, and what is wrong with the filters by their name."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < _MOST_SEQ:
        before = None
    try:
        return find_entries(AuditQuery.of(typed), before=before), {}
    except InvalidInput as refusal:
        return AuditPage((), None), {item.pointer[1:]: item.message for item in refusal.problems}


@bp.get("/<int:seq>")
@admin_required
def show(seq: int) -> ResponseReturnValue:
    if seq >= _MOST_SEQ:
        raise NotFound(phrase(N_("There is no such entry; it may have been archived.")))
    entry = get_entry(seq)
    return render_template(
        "admin/audit/show.html", entry=entry, said=list(_said(entry.details.items())), **_words()
    )


@bp.get("/export.<any(csv, jsonl):kind>")
@admin_required
def export(kind: str) -> ResponseReturnValue:
    """Streams: a year of entries is never held in memory. Raises InvalidInput before the first byte."""
    query = AuditQuery.of(_typed())
    lines = stream_with_context(export_entries(query, kind))
    name = f"audit-{now():%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(lines, content_type=_TYPES[kind], headers=headers)


def _typed() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:200] for name in _FILTERS}


def _stated(typed: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in typed.items() if value}


def _words() -> dict[str, Any]:
    return {"activity_words": activity_words, "via_words": VIA_WORDS, "summary": _summary}


def _summary(entry: AuditCard) -> str:
    """What an entry says, on one line: its name, or which fields changed, or everything that is no id."""
    details = entry.details
    changes = details.get("changes")
    if isinstance(changes, dict):
        return ", ".join(sorted(changes))
    named = details.get("name") or details.get("where")
    if isinstance(named, str):
        return named
    rest = {
        name: _text(value) for name, value in sorted(details.items()) if not name.endswith(("_id", "_hash"))
    }
    return ", ".join(f"{name} {text}" for name, text in rest.items() if text)


def _said(details: Iterable[tuple[str, object]]) -> Iterator[Said]:
    for name, value in details:
        if name == "changes" and isinstance(value, dict):
            yield from (_change(field, pair) for field, pair in sorted(value.items()))
        else:
            yield Said(name, None, _text(value))


def _change(field: str, pair: object) -> Said:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    return Said(field, _text(before), _text(after), is_change=True)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
