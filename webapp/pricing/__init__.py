"""The price engine: usage x prices -> estimate. Pure: no Flask, no SQLAlchemy, no clock, no network."""
