"""Renders a template outside any request: no session, no nonce, no visitor."""

from typing import Any

from flask import current_app


def print_page(template: str, **parts: Any) -> str:
    """The text of `template`, filled with `parts` only.

    The environment is used directly, because Flask's own `render_template` lets every context processor
    look at a request that does not exist here.
    """
    return current_app.jinja_env.get_template(template).render(**parts)
