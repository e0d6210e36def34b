"""`flask jobs`: what waits, what failed for good, and when what happens by itself."""

from datetime import datetime
from uuid import UUID

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import table
from webapp.domain.jobs import JOBS
from webapp.infra import jobs as queues
from webapp.infra.db import unit_of_work
from webapp.services.dead_letters import (
    LISTED,
    DeadLetterCard,
    count_dead_letters,
    list_dead_letters,
    purge_dead_letters,
    retry_dead_letter,
    waiting_letter_ids,
)
from webapp.services.job_states import list_schedule

jobs = AppGroup("jobs", help="Queues, the schedule, and jobs that failed for good.")


def _refuse_unknown(job: str) -> None:
    """A misspelt name is not the same as nothing to do. Jobs of old times are known while one is kept."""
    names = {each.name for each in JOBS}
    if job and job not in names and not count_dead_letters(job, waiting=False):
        raise click.UsageError(f"There is no job {job}. Known: {', '.join(sorted(names))}.")


@jobs.command("list")
@click.option("--job", default="", help="Only of this name, like mails.deliver.")
@click.option("--all", "everything", is_flag=True, help="Also those that were sent again.")
@click.option("--most", default=LISTED, show_default=True, type=click.IntRange(1), help="How many to show.")
def list_(job: str, everything: bool, most: int) -> None:
    """List the jobs that failed for good, newest first."""
    _refuse_unknown(job)
    letters = list_dead_letters(job, waiting=not everything, most=most)
    if not letters:
        click.echo("No job has failed for good.")
        return
    head: tuple[str, ...] = ("id", "job", "arguments", "failed at", "tries", "correlation id", "reason")
    rows = [head, *(_row(letter) for letter in letters)]
    click.echo(table(rows, right=(4,)))
    if (count := count_dead_letters(job, waiting=not everything)) > len(letters):
        click.echo(f"These are the newest {len(letters)} of {count}. More: --most {count}.")


def _row(letter: DeadLetterCard) -> tuple[str, ...]:
    return (
        str(letter.id),
        letter.job,
        ", ".join(letter.arguments),
        _shown(letter.failed_at),
        str(letter.attempts),
        letter.correlation_id,
        letter.reason.splitlines()[0][:80] if letter.reason else "",
    )


@jobs.command("retry")
@click.argument("letter_id", type=click.UUID, required=False)
@click.option("--all", "everything", is_flag=True, help="All that wait, instead of one.")
@click.option("--job", default="", help="With --all: only of this name.")
def retry(letter_id: UUID | None, everything: bool, job: str) -> None:
    """Send a failed job again, by its id."""
    if (letter_id is None) != everything:
        raise click.UsageError("Give the id of one job, or --all.")
    _refuse_unknown(job)
    ids = waiting_letter_ids(job) if letter_id is None else [letter_id]
    for count, each in enumerate(ids):
        try:
            with in_one_sentence(), unit_of_work():
                retry_dead_letter(each)
        except click.ClickException as refusal:
            if not everything:
                raise
            left = f"Sent again: {count}; {len(ids) - count} still wait, from {each} on."
            raise click.ClickException(f"{refusal.message}\n{left}") from None
    click.echo(f"Sent again: {len(ids)}.")


@jobs.command("purge")
@click.option("--job", default="", help="Only of this name.")
@click.confirmation_option(prompt="Forget these failed jobs for good?")
def purge(job: str) -> None:
    """Forget the jobs that failed for good."""
    _refuse_unknown(job)
    with in_one_sentence(), unit_of_work():
        gone = purge_dead_letters(job)
    click.echo(f"Forgotten: {gone}.")


@jobs.command("queues")
def show_queues() -> None:
    """How much waits in each queue, and since when."""
    states = queues.queue_states()
    if not states:
        raise click.ClickException("The job queue is away.")
    rows = [("queue", "waiting", "oldest, seconds")]
    rows += [(name, str(state.length), f"{state.oldest_s:.0f}") for name, state in states.items()]
    click.echo(table(rows, right=(1, 2)))


@jobs.command("schedule")
def show_schedule() -> None:
    """What happens by itself: when each job ran last, and when it runs next (UTC)."""
    rows = [("job", "every, seconds", "last run", "next run", "")]
    for each in list_schedule():
        last = _shown(each.last_run_at) if each.last_run_at else "not yet"
        due = _shown(each.next_run_at) if each.next_run_at else "no scheduler was started yet"
        rows.append((each.job, f"{each.every_s:.0f}", last, due, "late" if each.is_late else ""))
    click.echo(table(rows, right=(1,)))


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
