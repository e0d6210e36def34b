"""Random texts that prove something: a mark to tell them apart, a checksum to find typing errors.

    mk_ 9fJx...  (32 random characters)  AbC123 (checksum)

Whoever finds one in a log or a repository sees by its mark what it is, and secret scanners can be told. Only
`hashed` ones are stored: 190 random bits leave nothing to guess, so a slow hash would add nothing.
"""

import secrets
import string
import zlib
from hashlib import sha256

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_CHARS = 32  # 190 bits
_CHECKSUM_CHARS = 6  # a CRC-32 in base 62


def new_secret(mark: str) -> str:
    """A new text that begins with `mark` ("mk_"), 38 characters longer than it."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARS))
    return f"{mark}{body}{_checksum(body)}"


def is_well_formed(secret: str, mark: str) -> bool:
    """Whether `secret` begins with `mark`, has its length, and its checksum holds."""
    body, checksum = secret[len(mark) : -_CHECKSUM_CHARS], secret[-_CHECKSUM_CHARS:]
    if not secret.startswith(mark) or len(body) != _RANDOM_CHARS or not body.isascii():
        return False
    return checksum == _checksum(body)


def hashed(secret: str) -> str:
    """What is kept of `secret`: its SHA-256, 64 hexadecimal digits."""
    return sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_CHARS):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
