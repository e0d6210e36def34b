"""Finding a service among many: by its name, what it does and the words people use for it."""

from collections.abc import Mapping, Sequence

from webapp.pricing.declaration import ServiceModel
from webapp.pricing.services import all_services
from webapp.web.presentation import tr


def services_by_category(find: str = "") -> Mapping[str, Sequence[ServiceModel]]:
    """Services that have every word of `find`, by category in alphabetical order; all without one."""
    words = find.lower().split()
    grouped: dict[str, list[ServiceModel]] = {}
    for service in all_services().values():
        text = " ".join((service.name, tr(service.summary), tr(service.category), *service.keywords)).lower()
        if all(word in text for word in words):
            grouped.setdefault(service.category, []).append(service)
    return dict(sorted(grouped.items()))
