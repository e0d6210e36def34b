"""How passwords are kept, and how one is proven."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.domain.passwords import MAX_PASSWORD

#: OWASP's first choice for argon2id with little memory, about 30 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """What is kept of `password`: argon2id in its own text form, with its parameters and a random salt."""
    return _HASHER.hash(_bytes(password))


def proves(kept: str | None, password: str) -> bool:
    """Whether `password` is the one `kept` was made of. Takes as long, and says no, when nothing is kept."""
    try:
        _HASHER.verify(kept or _hash_of_nobody(), _bytes(password[:MAX_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(password) <= MAX_PASSWORD


def is_outdated(kept: str) -> bool:
    """Whether `kept` was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("no account has this password")


def _bytes(password: str) -> bytes:
    # JSON can hold half a character, which no encoding has.
    return password.encode("utf-8", "surrogatepass")
