"""Reading the commitment of a document: for how long, and how it is paid."""

from webapp.pricing.commitments import PAYMENTS, TERMS, Commitment
from webapp.pricing.reading import Reader, known_fields


def read_commitment(reader: Reader, pointer: str, raw: object) -> Commitment:
    """The commitment; none when it is left out. A payment alone is refused: it would mean nothing."""
    if raw is None:
        return Commitment()
    fields = reader.mapping(pointer, raw) or {}
    known_fields(reader, pointer, fields, ("term", "payment"))
    if not fields:
        return Commitment()
    term = reader.choice(f"{pointer}/term", fields.get("term"), TERMS, required=True)
    payment = reader.choice(f"{pointer}/payment", fields.get("payment", "no-upfront"), PAYMENTS)
    return Commitment(
        next((known for known in TERMS if known == term), "none"),
        next((known for known in PAYMENTS if known == payment), "no-upfront"),
    )
