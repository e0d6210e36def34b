"""Amazon OpenSearch Service domains: nodes by type, volumes, warm storage."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, named, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge")
_FAMILIES = ("m5", "m6g", "m7g", "c5", "c6g", "c7g", "r5", "r6g", "r7g", "or1")
NODE_TYPES = (
    *(f"{family}.{size}" for family in _FAMILIES for size in _SIZES),
    *("t3.small", "t3.medium", "t2.small", "t2.medium", "m4.large", "c4.2xlarge", "c4.8xlarge"),
)
WARM_TYPES = ("medium", "large")
_VOLUMES = (("gp3", N_("gp3")), ("gp2", N_("gp2")), ("io1", N_("io1")), ("standard", N_("Magnetic")))
#: What a gp3 volume has without extra charge (Amazon OpenSearch Service pricing page).
FREE_GP3_IOPS = Decimal(3000)
FREE_GP3_MIBPS = Decimal(125)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from _nodes(inputs)
    nodes, each, volume = inputs.number("nodes"), inputs.number("node_storage_gb"), inputs.choice("volume")
    if nodes and each:
        how = wording("%(n)s nodes × %(gb)s GB", n=nodes, gb=each)
        yield Quantity(f"opensearch.storage.{volume}", nodes * each, how)
        yield from _performance(inputs, nodes, volume)
    warm = inputs.number("managed_storage_gb")
    if warm:
        yield Quantity("opensearch.managed_storage", warm, wording("%(n)s GB kept all month", n=warm))


def _nodes(inputs: Inputs) -> Iterator[Quantity]:
    for count, kind, further, key in (
        ("nodes", "node_type", "node_hours", "opensearch.node"),
        ("masters", "master_type", "", "opensearch.node"),
        ("warm_nodes", "warm_type", "", "opensearch.ultrawarm"),
    ):
        hours, how = counted_hours(inputs, count, further)
        if hours:
            yield Quantity(f"{key}.{inputs.choice(kind)}", hours, how)


def _performance(inputs: Inputs, nodes: Decimal, volume: str) -> Iterator[Quantity]:
    """IOPS and throughput of one volume, above what gp3 includes."""
    included = (FREE_GP3_IOPS, FREE_GP3_MIBPS) if volume == "gp3" else (Decimal(0), Decimal(0))
    iops = max(Decimal(0), inputs.number("volume_iops") - included[0])
    if iops and volume in ("gp3", "io1"):
        how = wording("%(n)s nodes × %(iops)s IOPS", n=nodes, iops=iops)
        yield Quantity(f"opensearch.iops.{volume}", nodes * iops, how)
    mibps = max(Decimal(0), inputs.number("volume_mibps") - included[1])
    if mibps and volume == "gp3":
        how = wording("%(n)s nodes × %(mibps)s MiBps", n=nodes, mibps=mibps)
        yield Quantity("opensearch.throughput.gp3", nodes * mibps, how)


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"opensearch.{key}", label, unit, "AmazonES", selector)


SETTINGS = (
    named(
        "node_type",
        N_("Data node type"),
        NODE_TYPES,
        ("m7g.large", "r7g.large", "t3.small", "t3.medium"),
        N_("Without the ending .search."),
    ),
    whole("nodes", N_("Data nodes"), "nodes", 1, (0, 1002)),
    hours_setting(),
    choice("volume", N_("Volume of a node"), _VOLUMES),
    decimal("node_storage_gb", N_("Volume size of a node"), "GB", 0, (0, 24_576)),
    whole(
        "volume_iops", N_("IOPS of a volume"), "IOPS", 0, (0, 64_000), N_("gp3 and io1; 3,000 of gp3 free.")
    ),
    whole("volume_mibps", N_("Throughput of a volume"), "MiBps", 0, (0, 1000), N_("gp3; 125 are free.")),
    whole("masters", N_("Dedicated master nodes"), "nodes", 0, (0, 5)),
    choice(
        "master_type",
        N_("Master node type"),
        tuple((name, name) for name in ("m7g.large", "m6g.large", "c6g.large", "c5.large", "c4.8xlarge")),
    ),
    whole("warm_nodes", N_("UltraWarm nodes"), "nodes", 0, (0, 750)),
    choice(
        "warm_type", N_("UltraWarm node type"), tuple((name, f"ultrawarm1.{name}") for name in WARM_TYPES)
    ),
    decimal("managed_storage_gb", N_("Warm and cold storage"), "GB", 0, (0, 100_000_000)),
)

_LISTED_NODE = {"productFamily": "Amazon OpenSearch Service Instance", "instanceType": "*.search"}
PRICES = (
    PriceKey("opensearch.node.*", N_("Nodes"), "Hour", "AmazonES", _LISTED_NODE, NODE_TYPES),
    PriceKey(
        "opensearch.ultrawarm.*",
        N_("UltraWarm nodes"),
        "Hour",
        "AmazonES",
        {**_LISTED_NODE, "instanceType": "ultrawarm1.*.search"},
        WARM_TYPES,
    ),
    _price("storage.gp3", N_("gp3 storage"), "GB-Mo", storageMedia="GP3"),
    _price("storage.gp2", N_("gp2 storage"), "GB-Mo", storageMedia="GP2"),
    _price("storage.io1", N_("io1 storage"), "GB-Mo", storageMedia="PIOPS-Storage"),
    _price("storage.standard", N_("Magnetic storage"), "GB-Mo", storageMedia="Managed-Storage"),
    _price("iops.gp3", N_("gp3 IOPS"), "IOPS-Mo"),
    _price("iops.io1", N_("io1 IOPS"), "IOPS-Mo", storageMedia="PIOPS"),
    _price("throughput.gp3", N_("gp3 throughput"), "MiBps-Mo", storageMedia="GP3-ThroughPut-Storage"),
    _price("managed_storage", N_("Warm and cold storage"), "GB-Mo"),
)

SERVICE = ServiceModel(
    code="opensearch",
    name="Amazon OpenSearch Service",
    category=N_("Analytics"),
    summary=N_("Search domains billed by node-hour and storage."),
    settings=SETTINGS,
    usage=(further_hours("node_hours", N_("Further data node hours")),),
    prices=PRICES,
    allowances=(
        Allowance(
            "opensearch_hours",
            N_("750 hours of t2.small or t3.small"),
            ("opensearch.node.t2.small", "opensearch.node.t3.small"),
            Decimal(750),
            "first-12-months",
            "Amazon OpenSearch Service pricing page",
        ),
        Allowance(
            "opensearch_storage",
            N_("10 GB of volumes"),
            ("opensearch.storage.gp2", "opensearch.storage.gp3", "opensearch.storage.standard"),
            Decimal(10),
            "first-12-months",
            "Amazon OpenSearch Service pricing page",
        ),
    ),
    quantities=_quantities,
    assumptions=(
        N_("OpenSearch: extended support of old versions is not counted."),
        N_(
            "OpenSearch: large gp3 volumes include more IOPS and throughput than the 3,000 and 125 taken off."
        ),
    ),
    pricing_page="https://aws.amazon.com/opensearch-service/pricing/",
    keywords=("elasticsearch", "search", "logs"),
)
