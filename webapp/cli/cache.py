"""`flask cache`: what the cache tiers have done, and emptying one, or a part of it."""

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import table
from webapp.infra.cache import TIERS
from webapp.infra.db import unit_of_work
from webapp.services.cache_administration import empty_tier, list_tiers

cache = AppGroup("cache", help="The cache tiers.")


@cache.command("stats")
def show_stats() -> None:
    """Show reads, loads and failures of each tier over all processes, and what it keeps now."""
    with in_one_sentence():
        tiers = list_tiers()
    rows: list[tuple[str, ...]] = [
        ("tier", "hits", "misses", "ratio", "loads", "errors", "values", "bytes", "oldest, s")
    ]
    for tier in tiers:
        counts = (tier.loads, tier.errors, tier.values, tier.bytes, tier.oldest_s)
        rows.append((tier.tier, str(tier.hits), str(tier.misses), f"{tier.ratio:.2f}", *map(str, counts)))
    click.echo(table(rows, right=tuple(range(1, 9))))


@cache.command("empty")
@click.argument("tier", type=click.Choice(list(TIERS)))
@click.option(
    "--like", "pattern", default="*", help="Only keys like this, for example “owner:<account id>*”."
)
def empty(tier: str, pattern: str) -> None:
    """Remove what TIER keeps. Nothing is lost: it is worked out again."""
    with in_one_sentence(), unit_of_work():
        removed = empty_tier(tier, pattern)
    click.echo(f"Removed: {removed}.")
