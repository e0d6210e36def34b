"""How fast and how small reading a price list is. Run: python -m tests.bench.bench_price_import [share]

Makes an EC2-sized CSV (300 MB, 500,000 rows) and JSON (450 MB) in a temporary folder and reads each as a
refresh does: in a process of its own, looking for 2,000 price keys. The yardstick is the time the plain `csv`
module takes to read the same file in the same run, doing nothing with it. Promised: at least a third of that
speed, and less than 250 MB of memory. Exits 1 when a promise is broken. `share` (0.1) makes smaller files.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from webapp.pricing.declaration import PriceKey
from webapp.pricing.price_list.reading import read_offer
from webapp.pricing.price_list.selectors import Selectors

#: The CSV has a row for each rate; the JSON of 450 MB needs more products, being terser about each.
ROWS = {"offer.csv": 500_000, "offer.json": 630_000}
#: A row of the real file has about 600 bytes in 90 columns; a product of the JSON about 1.2 KB.
COLUMNS = 90
WANTED = 2_000
SLOWEST, MOST_MEMORY_MB = 3.0, 250
#: Products by on-demand row: the rest of a real EC2 file are reserved terms, one upfront and one hourly row.
RESERVED_PER_PRODUCT = 4

_KNOWN = [
    "Instance Type",
    "Operating System",
    "Tenancy",
    "Pre Installed S/W",
    "CapacityStatus",
    "License Model",
]
_FILLER = [f"Attribute {number}" for number in range(COLUMNS - 12 - len(_KNOWN) - 5)]
#: A row leaves most columns empty; the JSON leaves those attributes out.
_FILLED = _FILLER[:9]
_HEADER = [
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange",
    "EndingRange", "Unit", "PricePerUnit", "Currency", "Product Family", *_KNOWN, *_FILLER,
    "usageType", "operation", "Region Code", "Location", "serviceName",
]  # fmt: skip


def wanted_keys() -> list[PriceKey]:
    """Linux on shared hardware, by instance type: what a declaration of EC2 asks for."""
    return [
        PriceKey(
            f"ec2.type{number}", "", "Hour", "AmazonEC2",
            {
                "instanceType": f"type{number}.large", "operatingSystem": "Linux", "tenancy": "Shared",
                "preInstalledSw": "NA", "capacitystatus": "Used", "operation": "RunInstances",
            },
        )
        for number in range(WANTED)
    ]  # fmt: skip


def products(count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """SKU and attributes. Each type comes 50 times: with other systems, tenancies and software."""
    dice = random.Random(7)
    systems, tenancies, software = ("Linux", "Windows", "RHEL", "SUSE", "Linux/UNIX"), ("Shared", "Host"), 5
    filler = {name: f"value {dice.randrange(10**6)}" if name in _FILLED else "" for name in _FILLER}
    for number in range(count):
        kind, variant = divmod(number, len(systems) * len(tenancies) * software)
        values = (
            f"type{kind}.large",
            systems[variant % 5],
            tenancies[variant // 5 % 2],
            "NA" if variant // 10 == 0 else f"SQL {variant // 10}",
            "Used",
            "No License required",
        )
        place = {
            "usageType": f"BoxUsage:type{kind}.large", "operation": "RunInstances",
            "Region Code": "us-east-1", "Location": "US East (N. Virginia)", "serviceName": "Amazon EC2",
        }  # fmt: skip
        yield f"SKU{number:013d}", dict(zip(_KNOWN, values, strict=True)) | filler | place


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerows(
            [["FormatVersion", "v1.0"], ["Disclaimer", "none"], ["Publication Date", "2026-11-01T00:00:00Z"]]
        )
        out.writerows([["Version", "20261101000000"], ["OfferCode", "AmazonEC2"], _HEADER])
        for sku, attributes in products(rows // (1 + RESERVED_PER_PRODUCT)):
            for term in range(1 + RESERVED_PER_PRODUCT):
                kind = "Reserved" if term else "OnDemand"
                rate = [
                    sku,
                    f"TERM{term}",
                    f"{sku}.TERM{term}.6YS6EN2CT7",
                    kind,
                    f"$0.0{term}96 per {kind} hour",
                ]
                bounds = ["2026-11-01", "0", "Inf", "Hrs", "0.0960000000", "USD", "Compute Instance"]
                out.writerow([*rate, *bounds, *attributes.values()])


def write_json(path: Path, rows: int) -> None:
    """As AWS writes it: indented, all products first, then the terms."""
    count = rows // (1 + RESERVED_PER_PRODUCT)
    with path.open("wb") as file:
        file.write(b'{"formatVersion": "v1.0", "offerCode": "AmazonEC2", "version": "20261101000000",\n')
        file.write(b'"publicationDate": "2026-11-01T00:00:00Z", "products": {\n')
        _write_members(file.write, ((sku, _json_product(sku, said)) for sku, said in products(count)))
        file.write(b'}, "terms": {"OnDemand": {\n')
        _write_members(file.write, ((sku, _json_terms(sku, 0, 1)) for sku, _ in products(count)))
        file.write(b'}, "Reserved": {\n')
        last = 1 + RESERVED_PER_PRODUCT
        _write_members(file.write, ((sku, _json_terms(sku, 1, last)) for sku, _ in products(count)))
        file.write(b"}}}\n")


def _write_members(write: object, members: Iterator[tuple[str, object]]) -> None:
    assert callable(write)
    for number, (name, value) in enumerate(members):
        write(b",\n" * bool(number) + orjson.dumps(name) + b" : ")
        write(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def _json_product(sku: str, said: dict[str, str]) -> object:
    names = {name: name[0].lower() + name[1:].replace(" ", "").replace("S/W", "Sw") for name in said}
    attributes = {names[name]: value for name, value in said.items() if value}
    return {"sku": sku, "productFamily": "Compute Instance", "attributes": attributes}


def _json_terms(sku: str, first: int, last: int) -> object:
    return {
        f"{sku}.TERM{term}": {
            "offerTermCode": f"TERM{term}", "sku": sku, "effectiveDate": "2026-11-01T00:00:00Z",
            "priceDimensions": {
                f"{sku}.TERM{term}.6YS6EN2CT7": {
                    "rateCode": f"{sku}.TERM{term}.6YS6EN2CT7", "description": f"$0.0{term}96 per hour",
                    "beginRange": "0", "endRange": "Inf", "unit": "Hrs",
                    "pricePerUnit": {"USD": "0.0960000000"}, "appliesTo": [],
                },
            },
            "termAttributes": {"LeaseContractLength": "1yr", "PurchaseOption": "No Upfront"} if term else {},
        }
        for term in range(first, last)
    }  # fmt: skip


def read_plainly(path: Path) -> float:
    """Seconds the `csv` module takes for the file; for JSON the same lines, which it splits at commas."""
    begun = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - begun


def read_in_its_own_process(path: Path) -> tuple[float, float, int]:
    """Seconds, megabytes at the peak, and matches of one import."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_price_import", "--read", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, megabytes, matches = done.stdout.split()
    return float(seconds), float(megabytes), int(matches)


def read_and_tell(path: Path) -> None:
    selectors = Selectors(wanted_keys())
    begun = time.perf_counter()
    reading = read_offer(path, selectors, "us-east-1")
    seconds = time.perf_counter() - begun
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(seconds, peak_kb / 1024, len(reading.matches))


def main(share: float) -> int:
    broken = False
    with tempfile.TemporaryDirectory(prefix="mockupaws-prices-") as folder:
        for name, write in (("offer.csv", write_csv), ("offer.json", write_json)):
            path = Path(folder) / name
            rows = int(ROWS[name] * share)
            write(path, rows)
            megabytes = path.stat().st_size / 1e6
            plain = read_plainly(path)
            seconds, peak, matches = read_in_its_own_process(path)
            ratio = seconds / plain
            print(
                f"{name:11s}{megabytes:6.0f} MB  csv module {plain:6.2f} s = 1.00  import {seconds:6.2f} s = "
                f"{ratio:.2f}  {megabytes / seconds:5.0f} MB/s  peak {peak:4.0f} MB  {matches:,} prices found"
            )
            expected = min(WANTED, rows // (1 + RESERVED_PER_PRODUCT) // 50)
            broken |= ratio > SLOWEST or peak > MOST_MEMORY_MB or matches != expected
            path.unlink()
    return int(broken)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read_and_tell(Path(sys.argv[2]))
        sys.exit(0)
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 1.0))
