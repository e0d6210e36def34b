"""Cursors: where a list goes on, as text that only we can write and that fits one list only."""

from hashlib import sha256
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.words import N_, phrase
from webapp.infra.config import current_settings
from webapp.services.scenario_slices import Place

#: A name of 200 characters from any alphabet stays below.
_MAX_CHARS = 4_000


def write_cursor(place: Place | None, listing: str) -> str | None:
    """`place` as a cursor of the list that `listing` describes (whose it is, its sort and filters)."""
    if place is None:
        return None
    written: str = _serializer(listing).dumps([place.value, place.id.hex, place.is_before])
    return written


def read_cursor(cursor: str, listing: str) -> Place:
    """The place a cursor of this list means. Raises InvalidInput (/cursor) for any other text."""
    try:
        if len(cursor) > _MAX_CHARS:
            raise BadData("too long")
        value, scenario_id, is_before = _serializer(listing).loads(cursor)
    except BadData as error:
        message = N_(
            "This is no cursor of this list. Take next_cursor of an answer with the same sort and filters, "
            "or leave it out to start again."
        )
        raise InvalidInput([Problem("/cursor", phrase(message))]) from error
    return Place(value, UUID(scenario_id), is_before)


def _serializer(listing: str) -> URLSafeSerializer:
    key = current_settings().derived_key("cursors")
    return URLSafeSerializer(key, salt=listing.encode(), signer_kwargs={"digest_method": sha256})
