"""Offer files in the exact format of the AWS Price List, written from products a test states."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

NOTE = "This pricing list is for informational purposes only."
#: Spelling of attributes as CSV columns, where it is not simply Title Case.
_COLUMNS = {
    "servicecode": "serviceCode", "servicename": "serviceName", "usagetype": "usageType",
    "operation": "operation", "preInstalledSw": "Pre Installed S/W", "capacitystatus": "CapacityStatus",
}  # fmt: skip


@dataclass(frozen=True)
class Product:
    """A product for sale. `tiers` are (begin, end, USD) as written; `reserved` adds a reserved term."""

    sku: str
    attributes: Mapping[str, str]
    tiers: tuple[tuple[str, str, str], ...]
    unit: str = "Requests"
    family: str = "API Request"
    term: str = "JRTCKXETXF"
    currency: str = "USD"
    reserved: bool = False


@dataclass(frozen=True)
class Offer:
    """One offer file."""

    code: str
    products: tuple[Product, ...] = field(default=())
    version: str = "20261101000000"
    published: str = "2026-11-01T00:00:00Z"

    def json(self, *, terms_first: bool = False, indent: int | None = 2) -> bytes:
        head = {"formatVersion": "v1.0", "disclaimer": NOTE, "offerCode": self.code, "version": self.version}
        head["publicationDate"] = self.published
        products = {product.sku: _json_product(product) for product in self.products}
        reserved = {p.sku: {f"{p.sku}.38NPMPTW36": _reserved(p)} for p in self.products if p.reserved}
        terms = {
            "OnDemand": {p.sku: {f"{p.sku}.{p.term}": _json_term(p)} for p in self.products},
            "Reserved": reserved,
        }
        body: dict[str, object] = {"products": products, "terms": terms}
        if terms_first:
            body = {"terms": terms, "products": products}
        return json.dumps({**head, **body}, indent=indent).encode()

    def csv(self) -> bytes:
        """As the real one: a head of five lines, everything quoted."""
        names = list(dict.fromkeys(name for product in self.products for name in product.attributes))
        text = io.StringIO()
        out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerows([["FormatVersion", "v1.0"], ["Disclaimer", NOTE], ["Publication Date", self.published]])
        out.writerows([["Version", self.version], ["OfferCode", self.code]])
        out.writerow(
            [
                "SKU",
                "OfferTermCode",
                "RateCode",
                "TermType",
                "PriceDescription",
                "EffectiveDate",
                "StartingRange",
            ]
            + ["EndingRange", "Unit", "PricePerUnit", "Currency", "Product Family"]
            + [column_name(name) for name in names]
        )
        for product in self.products:
            attributes = [product.attributes.get(name, "") for name in names]
            out.writerows(row + attributes for row in _csv_rates(product))
        return text.getvalue().encode()


def column_name(attribute: str) -> str:
    """`instanceType` as the CSV has it: "Instance Type"."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in attribute)
    return _COLUMNS.get(attribute, spaced[:1].upper() + spaced[1:])


def _csv_rates(product: Product) -> Iterable[list[str]]:
    for number, (begin, end, usd) in enumerate(product.tiers):
        code = f"{product.sku}.{product.term}.RATE{number}"
        words = f'${usd}, "a tier"\nof two lines'
        rate = [product.sku, product.term, code, "OnDemand", words, "2026-11-01"]
        yield [*rate, begin, end, product.unit, usd, product.currency, product.family]
    if product.reserved:
        code = f"{product.sku}.38NPMPTW36.2TG2D8R56U"
        rate = [product.sku, "38NPMPTW36", code, "Reserved", "Upfront", "2026-11-01"]
        yield [*rate, "", "", "Quantity", "100", "USD", product.family]


def _json_product(product: Product) -> object:
    return {"sku": product.sku, "productFamily": product.family, "attributes": dict(product.attributes)}


def _json_term(product: Product) -> object:
    return {
        "offerTermCode": product.term,
        "sku": product.sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "priceDimensions": {
            f"{product.sku}.{product.term}.RATE{number}": {
                "rateCode": f"{product.sku}.{product.term}.RATE{number}",
                "description": f"${usd} {{per}} \"unit\" \\ of {product.unit}",
                "beginRange": begin, "endRange": end, "unit": product.unit,
                "pricePerUnit": {product.currency: usd}, "appliesTo": [],
            }
            for number, (begin, end, usd) in enumerate(product.tiers)
        },
        "termAttributes": {},
    }  # fmt: skip


def _reserved(product: Product) -> object:
    return {
        "offerTermCode": "38NPMPTW36", "sku": product.sku, "effectiveDate": "2026-11-01T00:00:00Z",
        "priceDimensions": {
            f"{product.sku}.38NPMPTW36.2TG2D8R56U": {
                "description": "Upfront Fee", "unit": "Quantity", "pricePerUnit": {"USD": "100"},
            }
        },
        "termAttributes": {"LeaseContractLength": "1yr", "PurchaseOption": "All Upfront"},
    }  # fmt: skip


_STANDARD = ("0.0000003000", "0.0000002400")


def queue(
    usd: str = "0.0000004000",
    *,
    region: str = "us-east-1",
    kind: str = "Standard",
    sku: str = "",
    **more: str,
) -> Product:
    """SQS requests of one queue type, at `usd` for the first 100 billion and less for more."""
    attributes = {
        "servicecode": "AWSQueueService", "location": "somewhere", "locationType": "AWS Region",
        "group": "SQS-APIRequest-Tier1", "queueType": kind, "usagetype": f"{kind}-Requests", "operation": "",
        "regionCode": region, "servicename": "Amazon Simple Queue Service",
    }  # fmt: skip
    more_usd, most_usd = ("0.0000004000", "0.0000003500") if kind.startswith("FIFO") else _STANDARD
    middle = ("100000000000", "200000000000", more_usd)
    tiers = (middle, ("0", "100000000000", usd), ("200000000000", "Inf", most_usd))
    return Product(sku or f"SQS{kind[:4].upper()}{region.upper()}", attributes | more, tiers)


def queues(*changed: Product) -> tuple[Product, ...]:
    """Everything SQS sells in us-east-1 at the prices of the shipped catalog, with some of it `changed`."""
    fair = replace(queue(kind="Fair"), tiers=(("0", "Inf", "0.0000001000"),))
    usual = (queue(), queue("0.0000005000", kind="FIFO (first-in, first-out)"), fair, free_queue())
    by_sku = {product.sku: product for product in (*usual, *changed)}
    return tuple(by_sku.values())


def free_queue() -> Product:
    """The free tier of SQS: it repeats the attributes of the paid product."""
    attributes = dict(queue().attributes) | {
        "location": "Any",
        "regionCode": "",
        "usagetype": "Global-Requests",
    }
    return Product("FREEQUEUE", attributes, (("0", "1000000", "0.0000000000"),), term="A429C66SYZ")


def write_unit(usd: str = "0.0006500000", region: str = "us-east-1", prefix: str = "") -> Product:
    """DynamoDB provisioned writes with the free tier inside the product."""
    attributes = {
        "servicecode": "AmazonDynamoDB", "location": "somewhere", "locationType": "AWS Region",
        "group": "DDB-WriteUnits", "usagetype": f"{prefix}WriteCapacityUnit-Hrs",
        "operation": "CommittedThroughput", "regionCode": region, "servicename": "Amazon DynamoDB",
    }  # fmt: skip
    tiers = (("0", "18600", "0.0000000000"), ("18600", "Inf", usd))
    return Product(f"WCU{region.upper()}", attributes, tiers, "WriteCapacityUnit-Hrs", "Provisioned IOPS")
