"""What can go wrong, in the product's own words; faces turn these into answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was sent.

    `pointer` is an RFC 6901 JSON pointer into the document ("/resources/0/usage/requests"),
    empty for the document as a whole; `message` says what is wrong and what to do about it.
    """

    pointer: str
    message: str


class DomainError(Exception):
    """Base of every expected refusal. `message` is a sentence for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(DomainError):
    """What was sent cannot be used; `problems` names each field. Faces answer 422."""

    def __init__(self, problems: tuple[Problem, ...] | list[Problem], message: str = "") -> None:
        self.problems = tuple(problems)
        summary = message or "; ".join(f"{p.pointer or 'document'}: {p.message}" for p in self.problems)
        super().__init__(summary)


class Malformed(DomainError):
    """The bytes are not what their label says (broken JSON, broken gzip). Faces answer 400."""


class TooLarge(DomainError):
    """The request passes a stated limit. Faces answer 413."""


class NotFound(DomainError):
    """No such thing for this person; a stranger's thing is as absent as none. Faces answer 404."""


class Conflict(DomainError):
    """The thing exists but its state forbids the act. Faces answer 409."""


class Unauthenticated(DomainError):
    """No valid sign-in or key. Faces answer 401."""


class Forbidden(DomainError):
    """Known, but the key lacks the scope. Faces answer 403."""


class Unavailable(DomainError):
    """A part the act needs is away for now; nothing was lost. Faces answer 503."""
