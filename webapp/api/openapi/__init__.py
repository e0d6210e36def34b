"""The OpenAPI documents, generated from the routes: nothing in them is written twice."""

from webapp.api.openapi.generator import OpenApi, openapi_of

__all__ = ["OpenApi", "openapi_of"]
