"""Pricing a document without storing anything."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.reading import read_json
from webapp.api.v2.blueprint import api
from webapp.edge.keys import calling_key
from webapp.pricing.document import parse_document
from webapp.pricing.presenting import estimate_to_json
from webapp.services.estimates import estimate_document


@api.post("/estimates")
def create_estimate() -> Response:
    """Anyone may try a price; a key that is sent must still be a good one."""
    calling_key()
    document = parse_document(read_json())
    return answer(estimate_to_json(estimate_document(document)))
