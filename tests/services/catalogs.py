"""Catalogs to compare with: the one in use again under another name, with some prices changed."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert, select

from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.models.catalog import Catalog, CatalogPrice
from webapp.services.prices import catalog_in_use

Change = tuple[str, str] | None


def make_catalog(
    name: str,
    changes: Mapping[tuple[str, str], str | None],
    *,
    status: str = "accepted",
    published_on: date | None = None,
) -> None:
    """A catalog like the one in use, where the price at (region, key) is one tier of the given USD.

    None leaves the price out; an unknown key is added.
    """
    with unit_of_work():
        used = catalog_in_use()
        rows = db.session.scalars(
            select(CatalogPrice).where(CatalogPrice.catalog_id == used.id, CatalogPrice.key.like("sqs.%"))
        ).all()
        catalog = Catalog(
            name=name, published_on=published_on or now().date(), digest=name, status=status, base=used.name,
            accepted_at=now(), made_at=now(),
        )  # fmt: skip
        db.session.add(catalog)
        db.session.flush()
        kept = {
            (row.region, row.key): {
                "unit": row.unit, "tiers": row.tiers, "as_of": row.as_of, "source": row.source
            }
            for row in rows
        }  # fmt: skip
        for place, usd in changes.items():
            like = kept.get(place) or next(iter(kept.values()))
            kept[place] = like | {"tiers": [["0", None, usd]], "as_of": "2026-11-20"}
            if usd is None:
                del kept[place]
        values = [
            {"catalog_id": catalog.id, "region": region, "key": key} | price
            for (region, key), price in kept.items()
        ]
        db.session.execute(insert(CatalogPrice), values)
