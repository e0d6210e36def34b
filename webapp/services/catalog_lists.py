"""Catalogs as anybody may see them: which there are, and what each holds."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.errors import NotFound
from webapp.domain.words import N_, phrase
from webapp.infra.db import db
from webapp.models.catalog import CatalogPrice
from webapp.services.price_search import CatalogChoice, list_choices


@dataclass(frozen=True, slots=True)
class CatalogContents:
    """A catalog with how many prices it has, by region."""

    catalog: CatalogChoice
    prices_by_region: dict[str, int]

    @property
    def prices(self) -> int:
        return sum(self.prices_by_region.values())


def get_catalog(name: str) -> CatalogContents:
    """The catalog called `name`. Raises NotFound, also for one that was refused."""
    found = next((choice for choice in list_choices() if choice.name == name), None)
    if found is None:
        raise NotFound(phrase(N_("There is no price catalog “%(name)s”."), name=name[:80]))
    return CatalogContents(found, _counts(found.id))


def _counts(catalog_id: UUID) -> dict[str, int]:
    counted = select(CatalogPrice.region, func.count()).where(CatalogPrice.catalog_id == catalog_id)
    grouped = counted.group_by(CatalogPrice.region).order_by(CatalogPrice.region)
    return dict(db.session.execute(grouped).tuples().all())
