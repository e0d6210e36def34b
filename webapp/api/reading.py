"""Reading JSON bodies: strictly, with the place of what is wrong."""

import json
from decimal import Decimal

from flask import g, request
from werkzeug.exceptions import UnsupportedMediaType

from webapp.api.json_limits import MAX_DEPTH, check_limits, make_object
from webapp.api.uploads import Upload
from webapp.domain.errors import DomainError, InvalidInput, Malformed, Problem, TooLarge
from webapp.domain.numbers import read_decimal
from webapp.domain.suspicion import MOST_LETTERS
from webapp.domain.words import N_, phrase
from webapp.edge.suspicion import note_json

#: The largest JSON document taken; 5,000 resources fit.
MAX_BYTES = 1024 * 1024
#: Longer integers stay `Decimal`: turning them into `int` takes time that grows with their square.
_INT_DIGITS = 18


def read_json() -> object:
    """The decoded body of this request; numbers keep every digit they were sent with.

    Raises UnsupportedMediaType unless it is called JSON, TooLarge, Malformed with line and column, and
    InvalidInput with the pointer of what passes a limit.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send this JSON uncompressed, without Content-Encoding.")
    body = read_body()
    try:
        decoded = decode_json(body)
    except DomainError:
        # As text: who passes a limit on purpose hides nothing else by it.
        note_json(body[:MOST_LETTERS].decode("utf-8", "replace"))
        raise
    note_json(decoded)
    return decoded


def read_optional_json() -> object:
    """As `read_json`, with an empty object for a request without a body."""
    return read_json() if request.content_type or request.content_length else {}


def read_object() -> dict[str, object]:
    """As `read_json`, for routes that take an object. Raises InvalidInput for any other value."""
    return as_object(read_json())


def as_object(value: object) -> dict[str, object]:
    """`value` if it is an object. Raises InvalidInput."""
    if not isinstance(value, dict):
        raise InvalidInput([Problem("", phrase(N_("This must be a JSON object.")))])
    return value


def decode_json(body: bytes) -> object:
    """`body` decoded. NaN and Infinity come out as numbers, for the field's own check to refuse by name.

    Raises Malformed for what is no JSON, and InvalidInput with pointers for what passes a limit of
    `json_limits` or says a name twice.
    """
    try:
        decoded = json.loads(
            body.decode(),
            parse_float=read_decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=make_object,
        )
        if b"\\u" in body:
            json.dumps(decoded, ensure_ascii=False, default=str).encode()
    except json.JSONDecodeError as error:
        raise Malformed(
            phrase(
                N_("This is not JSON: %(what)s at line %(line)s, column %(column)s."),
                what=error.msg,
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    except UnicodeDecodeError as error:
        raise Malformed(phrase(N_("Byte %(n)s of the JSON is not UTF-8."), n=error.start + 1)) from error
    except UnicodeEncodeError as error:
        raise Malformed(phrase(N_("The JSON holds half of a surrogate pair, which is no text."))) from error
    except RecursionError as error:
        message = phrase(N_("The JSON is nested too deeply: at most %(n)s levels here."), n=MAX_DEPTH)
        raise Malformed(message) from error
    check_limits(decoded)
    return decoded


def _integer(numeral: str) -> int | Decimal:
    return int(numeral) if len(numeral) <= _INT_DIGITS else Decimal(numeral)


def read_body() -> bytes:
    """The body of this request as it was sent, however often it is asked for. Raises TooLarge."""
    if "body" not in g:
        g.body = _received()
    body: bytes = g.body
    return body


def _received() -> bytes:
    upload, pieces, size = Upload(), [], 0
    while piece := upload.read(MAX_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLarge(phrase(N_("A JSON document has at most %(most)s here."), most="1 MB"))
    return b"".join(pieces)
