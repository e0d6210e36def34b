"""Node types of ElastiCache: one family a line, then its sizes, as AWS names them."""

_FAMILIES = """
c1 xlarge
c7gn large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m1 small medium large xlarge
m2 xlarge 2xlarge 4xlarge
m3 medium large xlarge 2xlarge
m4 large xlarge 2xlarge 4xlarge 10xlarge
m5 large xlarge 2xlarge 4xlarge 12xlarge 24xlarge
m6g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m7g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r3 large xlarge 2xlarge 4xlarge 8xlarge
r4 large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
r5 large xlarge 2xlarge 4xlarge 12xlarge 24xlarge
r6g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r6gd xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r7g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
t1 micro
t2 micro small medium
t3 micro small medium
t4g micro small medium
"""


def _types() -> tuple[str, ...]:
    families = (line.split() for line in _FAMILIES.strip().splitlines())
    return tuple(f"cache.{family}.{size}" for family, *sizes in families for size in sizes)


NODE_TYPES = _types()

#: What most people choose; a form offers these.
USUAL_NODE_TYPES = (
    "cache.t4g.medium",
    "cache.t4g.micro",
    "cache.t4g.small",
    "cache.t3.micro",
    "cache.t3.small",
    "cache.t3.medium",
    "cache.m6g.large",
    "cache.m7g.large",
    "cache.m7g.xlarge",
    "cache.r6g.large",
    "cache.r7g.large",
    "cache.r7g.xlarge",
)
