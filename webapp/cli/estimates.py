"""`flask estimate` and `flask services`: prices without a browser."""

import json
from typing import TextIO

import click
from flask.cli import with_appcontext

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import estimate_text, services_text
from webapp.pricing.document import parse_document
from webapp.pricing.presenting import estimate_to_json
from webapp.pricing.service_docs import service_to_json
from webapp.pricing.services import all_services
from webapp.services.estimates import estimate_document


@click.command("estimate")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print the answer document instead of a table.")
@with_appcontext
def estimate_command(file: TextIO, as_json: bool) -> None:
    """Price the estimate document in FILE (- reads standard input); nothing is stored."""
    raw = _read(file)
    with in_one_sentence():
        answer = estimate_document(parse_document(raw))
    click.echo(json.dumps(estimate_to_json(answer), indent=2) if as_json else estimate_text(answer))


def _read(file: TextIO) -> object:
    try:
        return json.load(file)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise click.ClickException(f"{file.name} is not JSON: {where}: {error.msg}.") from None
    except (UnicodeDecodeError, RecursionError):
        raise click.ClickException(f"{file.name} is not JSON text in UTF-8.") from None


@click.command("services")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the declarations as JSON.")
@with_appcontext
def services_command(code: str | None, as_json: bool) -> None:
    """List every AWS service with its settings and usage, or only the one called CODE."""
    chosen = [service for service in all_services().values() if code in (None, service.code)]
    if not chosen:
        raise click.ClickException(f"There is no service {code}. Known: {', '.join(all_services())}.")
    if as_json:
        click.echo(json.dumps([service_to_json(service) for service in chosen], indent=2))
    else:
        click.echo(services_text(chosen))
