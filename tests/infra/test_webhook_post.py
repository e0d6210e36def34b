"""Posts to typed addresses reach the public internet and nothing of the house, whatever they are called."""

import socket
import time
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from tests.infra.mail_server import certificate
from tests.infra.webhook_receiver import loopback_rules, receiver
from webapp.infra import tracing, webhook_post
from webapp.infra.webhook_post import Rules, WebhookFailed, WebhookRefused, is_public, post, read_target

PUBLIC = Rules()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names stand for, in place of the DNS; numbers are read as the C library does."""
    known: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def looked_up(host: str, port: int, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        if host in known:
            return [(0, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return really(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)  # type: ignore[return-value]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return known


REFUSED = [
    "https://127.0.0.1/", "https://127.8.8.8/", "https://127.1/", "https://2130706433/", "https://0177.0.0.1/",
    "https://0x7f.0.0.1/", "https://0x7f000001/", "https://017700000001/", "https://127.0.0.1./", "https://0/",
    "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/",
    "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
    "https://100.127.255.254/", "https://198.18.0.1/", "https://192.88.99.1/", "https://192.0.2.1/", "https://224.0.0.1/",
    "https://240.0.0.1/", "https://255.255.255.255/", "https://[::1]/", "https://[::]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::169.254.169.254]/",
    "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[2001:db8::1]/", "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/",
    "https://[fec0::1]/", "http://example.com/", "ftp://example.com/", "file:///etc/passwd",
    "gopher://example.com/", "//example.com/", "example.com", "https://", "https:///hook", "",
    "https://user@example.com/", "https://user:word@example.com/", "https://example.com/#x",
    "https://example.com:22/", "https://example.com:6379/", "https://example.com:99999/",
    "https://example.com:x/", "https://exa mple.com/", "https://example.com/\r\nX: y", "https://éxample.com/",
    "https://example.com\\@127.0.0.1/x y", "https://[::1", "https://" + "a" * 2000 + ".com/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_into_the_house_is_refused_as_it_is_typed(url: str) -> None:
    with pytest.raises(WebhookRefused) as refused:
        read_target(url, PUBLIC)
    assert refused.value.reason.endswith(".") or "WEBHOOK_ALLOWED_NETWORKS" in refused.value.reason


@pytest.mark.parametrize("url", REFUSED)
def test_nothing_is_sent_there(url: str, names: dict[str, list[str]], no_connection: None) -> None:
    with pytest.raises(WebhookRefused):
        post(url, b"{}", {}, PUBLIC)


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize(
    "stands_for",
    [
        ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["10.0.0.5"], ["fe80::1%eth0"],
        ["100.64.1.1"], ["93.184.216.34", "127.0.0.1"], ["93.184.216.34", "fd00::1"],
    ],
)  # fmt: skip
def test_a_name_that_stands_for_an_inner_address_is_refused(
    stands_for: list[str], names: dict[str, list[str]], no_connection: None
) -> None:
    names["harmless.example.com"] = stands_for
    with pytest.raises(WebhookRefused, match="private or reserved"):
        post("https://harmless.example.com/", b"{}", {}, PUBLIC)


def test_localhost_is_refused(no_connection: None) -> None:
    with pytest.raises(WebhookRefused, match="private or reserved"):
        post("https://localhost/", b"{}", {}, PUBLIC)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_name_is_looked_up_once_and_the_checked_address_is_used(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that points elsewhere a moment later: the connection never asks for it again."""
    names["rebinding.example.com"] = ["93.184.216.34"]
    reached: list[tuple[str, int]] = []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        names["rebinding.example.com"] = ["127.0.0.1"]
        reached.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(WebhookFailed, match="cannot be reached: Connection refused"):
        post("https://rebinding.example.com/x", b"{}", {}, PUBLIC)
    assert reached == [("93.184.216.34", 443)]


def test_an_operator_may_allow_a_network_and_nothing_beside_it() -> None:
    inner = Rules((ip_network("10.1.0.0/16"),))
    assert read_target("https://10.1.2.3/", inner).port == 443
    for url in ("https://10.2.0.1/", "https://127.0.0.1/", "https://169.254.169.254/", "http://10.1.2.3/"):
        with pytest.raises(WebhookRefused):
            read_target(url, inner)


def test_another_port_is_for_allowed_networks_only(names: dict[str, list[str]], no_connection: None) -> None:
    names["db.example.com"] = ["93.184.216.34"]
    with pytest.raises(WebhookRefused, match="The port must be 443 or 8443"):
        post("https://db.example.com:5432/", b"{}", {}, loopback_rules())


def test_a_post_arrives_as_it_was_written() -> None:
    with receiver() as told:
        assert post(told.url + "?a=1", b'{"a": 1}', {"X-One": "1"}, loopback_rules()) == 204
    (came,) = told.posts
    assert (came.path, came.body) == ("/hook?a=1", b'{"a": 1}')
    assert came.headers["Host"] == f"127.0.0.1:{told.port}"
    assert (came.headers["Content-Type"], came.headers["X-One"]) == ("application/json", "1")


def test_the_trace_goes_on_at_the_receiver_and_tells_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(tracing, "_tracer", lambda: provider.get_tracer("tests"))
    with receiver() as told:
        told.answers = [503]
        with pytest.raises(WebhookFailed):
            post(told.url, b"{}", {}, loopback_rules())
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("POST", SpanKind.CLIENT)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "server.port": told.port,
        "http.response.status_code": 503,
    }
    (came,) = told.posts
    assert f"{span.context.trace_id:032x}" in came.headers["traceparent"]


def test_redirects_are_not_followed() -> None:
    with receiver() as told, receiver() as secret:
        told.answers, told.location = [302], secret.url
        with pytest.raises(WebhookFailed, match="redirects are not followed") as failed:
            post(told.url, b"{}", {}, loopback_rules())
    assert failed.value.status == 302
    assert secret.posts == []


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_another_answer_is_a_failure(status: int) -> None:
    with receiver() as told:
        told.answers = [status]
        with pytest.raises(WebhookFailed, match=f"answered {status}") as failed:
            post(told.url, b"{}", {}, loopback_rules())
    assert failed.value.status == status


def test_a_server_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_post, "TIMEOUT_S", 0.6)
    with receiver() as told:
        told.drips = True
        began = time.monotonic()
        with pytest.raises(WebhookFailed, match="did not answer within"):
            post(told.url, b"{}", {}, loopback_rules())
        assert time.monotonic() - began < 2


def test_what_is_no_http_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(WebhookFailed, match="TLS"):
            _answered_nonsense(server, "https")
        with pytest.raises(WebhookFailed, match="in HTTP"):
            _answered_nonsense(server, "http")


def _answered_nonsense(server: socket.socket, scheme: str) -> None:
    from threading import Thread

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")

    thread = Thread(target=answer)
    thread.start()
    try:
        post(f"{scheme}://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, loopback_rules())
    finally:
        thread.join()


def test_over_tls_the_name_is_proven_though_the_address_is_pinned(
    tmp_path: Path, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, trust = certificate(tmp_path)
    names["localhost"] = names["other.example.com"] = ["127.0.0.1"]
    with receiver(server) as told:
        address = f"https://localhost:{told.port}/hook"
        with pytest.raises(WebhookFailed, match="certificate is not valid"):
            post(address, b"{}", {}, loopback_rules())
        monkeypatch.setattr(webhook_post, "_trust", lambda: trust)
        assert post(address, b"{}", {}, loopback_rules()) == 204
        with pytest.raises(WebhookFailed, match="certificate is not valid"):
            post(address.replace("localhost", "other.example.com"), b"{}", {}, loopback_rules())
    assert [came.headers["Host"] for came in told.posts] == [f"localhost:{told.port}"]
