"""`flask ingest`: record a file of events."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

import click
from flask.cli import with_appcontext

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import receipt_text
from webapp.domain.errors import KeyReused
from webapp.infra.db import unit_of_work
from webapp.services.recordings import ingest
from webapp.services.scenarios import find_owner

_ENCODINGS = {".gz": "gzip", ".zst": "zstd"}


@click.command("ingest")
@click.argument("scenario", type=click.UUID)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--content-type", default="", help="text/plain, application/x-ndjson or application/json; else sniffed."
)
@click.option("--content-encoding", default="", help="gzip or zstd; else by the file's ending.")
@click.option(
    "--idempotency-key",
    default=None,
    help="The same file under the same key counts once; another file under it is refused.",
)
@with_appcontext
def ingest_command(
    scenario: UUID, file: str, content_type: str, content_encoding: str, idempotency_key: str | None
) -> None:
    """Record the events in FILE (- reads standard input) into SCENARIO. Exits with 1 when none was good."""
    explained = _explaining_reuse(idempotency_key, file)
    with in_one_sentence(), explained, click.open_file(file, "rb") as body, unit_of_work():
        kept = ingest(
            find_owner(scenario),
            scenario,
            cast(BinaryIO, body),
            content_type=content_type,
            content_encoding=content_encoding or _ENCODINGS.get(Path(file).suffix, ""),
            idempotency_key=idempotency_key,
        )
    click.echo(receipt_text(kept))
    if not kept.receipt.accepted:
        raise SystemExit(1)


@contextmanager
def _explaining_reuse(key: str | None, file: str) -> Iterator[None]:
    """Say of a file that changed since it was recorded under `key` what became of it."""
    try:
        yield
    except KeyReused:
        name = "standard input" if file == "-" else file
        message = (
            f'The idempotency key "{key}" came with other content before: nothing of {name} was recorded.'
        )
        raise click.ClickException(f"{message} Give changed content a new key.") from None
