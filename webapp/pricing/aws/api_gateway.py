"""Amazon API Gateway: REST, HTTP and WebSocket APIs, and the REST cache; egress is data transfer's."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel
from webapp.pricing.prices import HOURS_PER_MONTH

OFFER = "AmazonApiGateway"
PAGE = "AWS API Gateway pricing page"
#: Metering steps of one HTTP API request and one WebSocket message (AWS API Gateway pricing page).
HTTP_CHUNK_KB = 512
MESSAGE_CHUNK_KB = 32
#: Cache sizes AWS sells, in GB.
CACHE_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
_REST, _HTTP, _WEBSOCKET = ("api_type", "rest"), ("api_type", "http"), ("api_type", "websocket")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    api_type = inputs.choice("api_type")
    if api_type == "rest":
        yield from _rest(inputs)
    elif api_type == "http":
        yield from _http(inputs)
    else:
        yield from _websocket(inputs)


def _rest(inputs: Inputs) -> Iterator[Quantity]:
    calls = inputs["rest_requests"]
    yield Quantity("apigw.rest.requests", calls, wording("%(n)s calls, whatever their size", n=calls))
    size, hours = inputs.choice("cache_gb"), inputs.number("cache_hours")
    if size != "none":
        yield Quantity(
            f"apigw.cache.{size}GB",
            hours,
            wording("%(hours)s hours of a %(size)s GB cache", hours=hours, size=size),
        )


def _http(inputs: Inputs) -> Iterator[Quantity]:
    calls = inputs["http_requests"]
    chunks = started_at_least_one(inputs.number("request_kb"), HTTP_CHUNK_KB)
    yield Quantity(
        "apigw.http.requests",
        calls * chunks,
        wording("%(n)s calls × %(chunks)s started chunks of 512 KB", n=calls, chunks=chunks),
    )


def _websocket(inputs: Inputs) -> Iterator[Quantity]:
    messages, minutes = inputs["messages"], inputs["connection_minutes"]
    chunks = started_at_least_one(inputs.number("message_kb"), MESSAGE_CHUNK_KB)
    yield Quantity(
        "apigw.websocket.messages",
        messages * chunks,
        wording("%(n)s messages × %(chunks)s started chunks of 32 KB", n=messages, chunks=chunks),
    )
    yield Quantity(
        "apigw.websocket.connection_minutes",
        minutes,
        wording("%(n)s minutes connected", n=minutes),
    )


def _price(key: str, label: str, unit: str, usagetype: str, operation: str) -> PriceKey:
    return PriceKey(f"apigw.{key}", label, unit, OFFER, {"usagetype": usagetype, "operation": operation})


def _cache_price(size: str) -> PriceKey:
    selector = {"productFamily": "Amazon API Gateway Cache", "cacheMemorySizeGb": size}
    return PriceKey(f"apigw.cache.{size}GB", N_("REST API cache"), "Hour", OFFER, selector)


def _allowance(name: str, label: str, key: str, quantity: int) -> Allowance:
    return Allowance(name, label, (key,), Decimal(quantity), "first-12-months", PAGE)


SERVICE = ServiceModel(
    code="api_gateway",
    name="Amazon API Gateway",
    category=N_("Networking"),
    summary=N_("APIs billed per call or message; the cache of a REST API by the hour."),
    settings=(
        choice(
            "api_type",
            N_("API type"),
            (("rest", N_("REST API")), ("http", N_("HTTP API")), ("websocket", N_("WebSocket API"))),
        ),
        choice(
            "cache_gb",
            N_("Cache size"),
            (("none", N_("No cache")), *((size, f"{size} GB") for size in CACHE_SIZES)),
            N_("Of a REST API stage; no free tier."),
            shown_when=_REST,
        ),
        whole(
            "cache_hours",
            N_("Hours the cache is on"),
            "hours",
            int(HOURS_PER_MONTH),
            (0, 744),
            N_("A month has 730."),
            shown_when=_REST,
        ),
        decimal(
            "request_kb",
            N_("Size of one HTTP API call"),
            "KB",
            1,
            (0, 10240),
            N_("Every started 512 KB is one call. Keep 1 KB when the usage already counts 512 KB chunks."),
            shown_when=_HTTP,
        ),
        decimal(
            "message_kb",
            N_("Size of one message"),
            "KB",
            1,
            (0, 128),
            N_("Every started 32 KB is one message."),
            shown_when=_WEBSOCKET,
        ),
    ),
    usage=(
        monthly(
            "rest_requests",
            N_("REST API calls"),
            "requests",
            N_("Every call is one, whatever its size."),
            shown_when=_REST,
        ),
        monthly(
            "http_requests",
            N_("HTTP API calls"),
            "requests",
            N_("Metered in started chunks of 512 KB."),
            per="chunks_512kb",
            shown_when=_HTTP,
        ),
        monthly(
            "messages",
            N_("WebSocket messages"),
            "messages",
            N_("Sent and received, metered in started chunks of 32 KB."),
            shown_when=_WEBSOCKET,
        ),
        monthly(
            "connection_minutes",
            N_("Connection minutes"),
            "minutes",
            N_("Over all connected clients."),
            shown_when=_WEBSOCKET,
        ),
    ),
    prices=(
        _price("rest.requests", N_("REST API calls"), "Request", "ApiGatewayRequest", "ApiGatewayRequest"),
        _price(
            "http.requests",
            N_("HTTP API calls"),
            "Request(512 KB)",
            "ApiGatewayHttpRequest",
            "ApiGatewayHttpApi",
        ),
        _price(
            "websocket.messages",
            N_("WebSocket messages"),
            "Message(32 KB)",
            "ApiGatewayMessage",
            "ApiGatewayWebSocket",
        ),
        _price(
            "websocket.connection_minutes",
            N_("WebSocket connection minutes"),
            "Minute",
            "ApiGatewayMinute",
            "ApiGatewayWebSocket",
        ),
        *(_cache_price(size) for size in CACHE_SIZES),
    ),
    allowances=(
        _allowance("apigw_rest", N_("1 million REST API calls"), "apigw.rest.requests", 1_000_000),
        _allowance("apigw_http", N_("1 million HTTP API calls"), "apigw.http.requests", 1_000_000),
        _allowance(
            "apigw_messages", N_("1 million WebSocket messages"), "apigw.websocket.messages", 1_000_000
        ),
        _allowance(
            "apigw_minutes",
            N_("750,000 WebSocket connection minutes"),
            "apigw.websocket.connection_minutes",
            750_000,
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("Data an API sends to the internet is priced by the data transfer service."),),
    pricing_page="https://aws.amazon.com/api-gateway/pricing/",
    keywords=("rest", "http", "websocket", "api"),
)
