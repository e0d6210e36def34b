"""Tables, one module per aggregate."""

import pkgutil
from importlib import import_module


def import_all() -> None:
    """Import every table, so that the metadata is whole."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
