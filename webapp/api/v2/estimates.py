"""Pricing a document without storing anything."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, operation
from webapp.api.reading import read_json
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.documents import ESTIMATE_DOCUMENT
from webapp.api.v2.shapes.estimates import (
    EXAMPLE_DOCUMENT,
    EstimateJson,
    estimate_to_json,
    example_estimate,
)
from webapp.edge.callers import calling_identity
from webapp.pricing.document import parse_document
from webapp.services.estimates import estimate_document


@api.post("/estimates")
@operation(
    "Price a document",
    tag="Estimates",
    body=Body(ESTIMATE_DOCUMENT, "What runs, where, and how much of it.", example=EXAMPLE_DOCUMENT),
    answers={200: Answer(EstimateJson, "The bill of a month.", example=example_estimate)},
    refusals={401: "The key or token that was sent is wrong, expired or revoked. Without one this is open."},
)
def create_estimate() -> Response:
    """Nothing is stored, and anyone may try: no key is needed. One that is sent must still be a good one."""
    calling_identity()
    document = parse_document(read_json())
    return answer(estimate_to_json(estimate_document(document)))
