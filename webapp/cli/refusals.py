"""Expected refusals on the command line: one sentence and exit code 1, never a stack trace."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import click

from webapp.domain.errors import DomainError, InvalidInput
from webapp.infra.caller import Caller, acting
from webapp.infra.logs import correlated


def _user() -> str:
    """Who typed the command, by the operating system; the number where it knows no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn a domain error into click's error message; each problem of a refused input has its own line."""
    try:
        with acting(Caller(via="command", agent=_user())), correlated(uuid4().hex):
            yield
    except InvalidInput as error:
        if not error.problems:  # it is about no single field
            raise click.ClickException(error.message) from None
        lines = [f"  {problem.pointer or '(document)'}: {problem.message}" for problem in error.problems]
        raise click.ClickException("\n".join(["This cannot be used:", *lines])) from None
    except DomainError as error:
        raise click.ClickException(error.message) from None
