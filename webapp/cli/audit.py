"""`flask audit`: verify, checkpoint, prune, search and export what happened."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from webapp.cli.audit_text import entries_text, status_text, verification_text
from webapp.cli.refusals import in_one_sentence
from webapp.infra.db import unit_of_work
from webapp.services.audit_checkpoints import write_checkpoint
from webapp.services.audit_pruning import prune_audit
from webapp.services.audit_search import AuditQuery, export_entries, find_entries
from webapp.services.audit_status import audit_status
from webapp.services.audit_verify import verify_audit

audit = AppGroup("audit", help="The audit: what happened, by whom.")


@audit.command("verify")
@click.option("--from", "from_seq", type=click.IntRange(min=1), default=1, help="Begin with this entry.")
@click.option("--archives", is_flag=True, help="Read the archive files too.")
def verify(from_seq: int, archives: bool) -> None:
    """Check the whole chain and its checkpoints; name the first broken entry and exit with 1 if one is."""
    begun = time.perf_counter()
    with in_one_sentence():
        found = verify_audit(from_seq, archives=archives)
    click.echo(verification_text(found, time.perf_counter() - begun))
    if not found.is_whole:
        raise click.exceptions.Exit(1)


@audit.command("checkpoint")
def checkpoint() -> None:
    """Sign how far the chain has come, now."""
    with in_one_sentence():
        made = write_checkpoint()
    if made is None:
        click.echo("Nothing has happened since the last checkpoint.")
    else:
        click.echo(f"Checkpoint {made.number}: entry {made.seq}, MAC {made.mac}")


@audit.command("prune")
def prune() -> None:
    """Archive what is older than AUDIT_RETENTION_DAYS, then delete it."""
    with in_one_sentence():
        done = prune_audit()
    for run in done:
        click.echo(f"Entries {run.first:,} to {run.last:,} are now in {run.file}")
    if not done:
        click.echo("Nothing is old enough: a month is archived once its last day is.")


@audit.command("status")
def status() -> None:
    """How long the chain is, its last checkpoint, and what is archived."""
    with in_one_sentence(), unit_of_work():
        click.echo(status_text(audit_status()))


def _filters(command: click.decorators.FC) -> click.decorators.FC:
    """The options `search` and `export` share."""
    for option in (
        click.option("--activity", default="", help="Class name: ScenarioDeleted."),
        click.option("--actor", default="", help="E-mail address or id of the account that acted."),
        click.option("--subject", default="", help="Id of what it was about."),
        click.option("--address", default="", help="Network address, or its beginning."),
        click.option("--correlation", "correlation_id", default="", help="Id of the request."),
        click.option("--since", type=click.DateTime(), help="UTC."),
        click.option("--until", type=click.DateTime(), help="UTC."),
    ):
        command = option(command)
    return command


@audit.command("search")
@_filters
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, help="How many, the newest first.")
def search(limit: int, **filters: object) -> None:
    """Entries that fit, the newest first."""
    with in_one_sentence(), unit_of_work():
        page = find_entries(_query(filters), limit=limit)
    click.echo(entries_text(page.entries) if page.entries else "No entry fits.")


@audit.command("export")
@_filters
@click.option("--format", "kind", type=click.Choice(("csv", "jsonl")), default="jsonl", help="Of the lines.")
def export(kind: str, **filters: object) -> None:
    """Print every entry that fits, the oldest first, as CSV or as JSON lines."""
    with in_one_sentence(), unit_of_work():
        lines: Iterator[str] = export_entries(_query(filters), kind)
        for line in lines:
            click.echo(line, nl=False)


def _query(filters: dict[str, object]) -> AuditQuery:
    return AuditQuery.of(
        {
            name: value.replace(tzinfo=UTC).isoformat() if isinstance(value, datetime) else str(value or "")
            for name, value in filters.items()
        }
    )
