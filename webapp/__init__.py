"""mockupAWS: the test suite for an AWS bill.

Importing this package loads nothing: the pure floors below (`webapp.domain`,
`webapp.pricing`, `webapp.metering`) stay usable without Flask or a database.
"""

__version__ = "0.1.0"
