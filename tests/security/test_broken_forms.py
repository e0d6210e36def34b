"""Forms that stop half-way, at the real web server: refused in words, never taken for whole, never a 500."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.stack.live import LiveStack

FORM = "application/x-www-form-urlencoded"
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"


def answer_to(stack: LiveStack, head: str, body: bytes) -> str:
    """What comes back when a sender says no more after `body`."""
    address = urlsplit(stack.url)
    start = f"POST /sign-in HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n{head}"
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(start.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        pieces = iter(lambda: connection.recv(65_536), b"")
        return b"".join(pieces).decode()


@pytest.mark.parametrize(
    ("content_type", "framing", "body"),
    [
        (FORM, CHUNKED, b"10\r\nemail=a"),
        (FORM, CHUNKED, b"5\r\nemail\r\n"),
        (FORM, CHUNKED, b"zz\r\nemail\r\n0\r\n\r\n"),
        (FORM, "Content-Length: 100\r\n\r\n", b"email=a"),
        ("multipart/form-data; boundary=x", CHUNKED, b"10\r\n--x\r\nContent"),
    ],
    ids=["cut chunk", "no last chunk", "no number", "short", "multipart"],
)
def test_a_form_that_stops_half_way_is_a_bad_request(
    live_server: LiveStack, content_type: str, framing: str, body: bytes
) -> None:
    answer = answer_to(live_server, f"Content-Type: {content_type}\r\n{framing}", body)
    assert answer.startswith("HTTP/1.1 400 ")
    assert "broke off" in answer
