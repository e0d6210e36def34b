"""JSON API, version 2."""
