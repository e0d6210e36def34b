"""Expected refusals on the command line: one sentence and exit code 1, never a stack trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from webapp.domain.errors import DomainError, InvalidInput


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn a domain error into click's error message; each problem of a refused input has its own line."""
    try:
        yield
    except InvalidInput as error:
        lines = [f"  {problem.pointer or '(document)'}: {problem.message}" for problem in error.problems]
        raise click.ClickException("\n".join(["This cannot be used:", *lines])) from None
    except DomainError as error:
        raise click.ClickException(error.message) from None
