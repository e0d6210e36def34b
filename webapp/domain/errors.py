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


class KeyReused(InvalidInput):
    """The idempotency key was used for another request before. Faces answer 422, with a type of its own."""


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


class SecondFactorRequired(Unauthenticated):
    """The password was right; a code has to come with it. Faces answer 401, with a type of its own."""


class Forbidden(DomainError):
    """Known, but the key lacks the scope. Faces answer 403."""


class PreconditionFailed(DomainError):
    """Somebody else changed the thing since it was read. Faces answer 412."""


class TooMany(DomainError):
    """Too many tries or requests. `retry_after_s`: whole seconds to wait. Faces answer 429."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Gone(DomainError):
    """It was here and is not any more, for good. Faces answer 410."""


class Unavailable(DomainError):
    """A part the act needs is away for now; nothing was lost. Faces answer 503."""
