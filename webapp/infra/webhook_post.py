"""Posts to addresses that people typed in: out into the public internet, never into the house.

Whoever names an address could name one that only this machine reaches: a database, an admin page, the
cloud's metadata. So the name is looked up once, every address it stands for is checked, and the connection
goes to a checked address, not to the name: a name that answers differently a moment later gains nothing.
Redirects are not followed, and nothing of an answer is passed on but its status.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from webapp.domain.words import N_, phrase
from webapp.infra.tracing import posting_to

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Seconds for the look-up, and as many for everything after it.
TIMEOUT_S = 5.0
#: Bytes of an answer's body that are read; they tell nobody anything.
MOST_BYTES = 4096
MAX_URL = 2000
#: Ports of web servers. Others belong to services that might take a POST for something else.
PORTS: Mapping[str, tuple[int, ...]] = {"https": (443, 8443), "http": (80, 8080)}
_GLOBAL_UNICAST = ip_network("2000::/3")
#: Given up by RFC 7526; where it is still routed, it leads to whoever says that it is a relay.
_RELAYS = ip_network("192.88.99.0/24")
#: Inside it: protocol assignments with Teredo, documentation, and 6to4, which carries an IPv4 address.
_NOT_PUBLIC = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class WebhookRefused(Exception):
    """The address may not be posted to, now or ever; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WebhookFailed(Exception):
    """This try failed; another may succeed. `status` is the answer's, None without one."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator allows besides public addresses over https."""

    networks: tuple[Network, ...] = ()
    allows_http: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `host` is a name or a literal IP address, in ASCII."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str, rules: Rules) -> Target:
    """`url` taken apart. Raises WebhookRefused for what is wrong whatever its name stands for."""
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise WebhookRefused(
            phrase(N_("The address must be plain ASCII without blanks; write other letters encoded."))
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address() from error
    if parts.scheme not in PORTS or not host or "%" in host:
        raise _no_address()
    if parts.scheme == "http" and not rules.allows_http:
        raise WebhookRefused(phrase(N_("The address must begin with https://.")))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise WebhookRefused(
            phrase(N_("The address can hold neither a user name, a password nor a fragment (#)."))
        )
    port = port if port is not None else PORTS[parts.scheme][0]
    _check_literal(host, rules)
    if port not in PORTS[parts.scheme] and not rules.networks:
        raise _wrong_port(parts.scheme)
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, (parts.path or "/") + query)


def post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> int:
    """Post `body`, which must be JSON, and return the status of the answer, 200 to 299.

    Raises WebhookRefused for an address that may not be reached, and WebhookFailed for no answer in time or
    another one.
    """
    target = read_target(url, rules)
    sent = {"Content-Type": "application/json", **headers}
    with posting_to(target.host, target.port, sent) as note_status:
        status = _posted(target, _checked_address(target, rules), body, sent)
        note_status(status)
    if 300 <= status < 400:
        raise WebhookFailed("The server redirects; redirects are not followed.", status)
    if not 200 <= status < 300:
        raise WebhookFailed(f"The server answered {status}.", status)
    return status


def _posted(target: Target, address: Address, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer, whatever it is. Raises WebhookFailed without one."""
    connection = _Pinned(target, address)
    try:
        with _ended_after(TIMEOUT_S, connection):
            connection.request("POST", target.path, body, headers)
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
            return answer.status
    except ssl.SSLCertVerificationError as error:
        raise WebhookFailed(f"The certificate is not valid: {error.verify_message}.") from error
    except (OSError, HTTPException, ValueError) as error:
        raise WebhookFailed(_why(connection, error)) from error
    finally:
        connection.close()


def is_public(address: Address) -> bool:
    """Whether `address` is one of the public internet: nobody's own network, machine or cloud."""
    if isinstance(address, IPv4Address):
        is_usual = address.is_global and not address.is_multicast and not address.is_reserved
        return is_usual and address not in _RELAYS
    # Mapped, translated (64:ff9b::) and local addresses all lie outside of global unicast.
    return address in _GLOBAL_UNICAST and not any(address in network for network in _NOT_PUBLIC)


class _Pinned(HTTPConnection):
    """A connection to one checked address that speaks as if to the name it stands for."""

    def __init__(self, target: Target, address: Address) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.is_tls = target.scheme == "https"
        self.default_port = PORTS[target.scheme][0]
        self.place = (str(address), target.port)
        self.is_ended = False

    def connect(self) -> None:
        self.sock = socket.create_connection(self.place, TIMEOUT_S)
        if self.is_ended:
            raise TimeoutError
        if self.is_tls:
            plain = self.sock
            self.sock = _trust().wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def end(self) -> None:
        """Hang up, whatever is going on: a server that sends a byte now and then never times out."""
        self.is_ended = True
        if self.sock is not None:
            try:
                # Not the method of SSLSocket: it takes away what another thread is reading from.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _ended_after(seconds: float, connection: _Pinned) -> Iterator[None]:
    timer = Timer(seconds, connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _why(connection: _Pinned, error: Exception) -> str:
    if connection.is_ended or isinstance(error, TimeoutError):
        return f"The server did not answer within {TIMEOUT_S:.0f} seconds."
    if isinstance(error, ssl.SSLError):
        return "No TLS connection could be made."
    if isinstance(error, HTTPException | ValueError):
        return "The server did not answer in HTTP."
    return f"The server cannot be reached: {error.strerror or type(error).__name__}."  # type: ignore[attr-defined]


def _no_address() -> WebhookRefused:
    return WebhookRefused(phrase(N_("This is no address, like https://example.com/hook.")))


def _wrong_port(scheme: str) -> WebhookRefused:
    first, second = PORTS[scheme]
    return WebhookRefused(phrase(N_("The port must be %(first)s or %(second)s."), first=first, second=second))


def _check_literal(host: str, rules: Rules) -> None:
    """Refuse an IP address that may not be reached, in whatever notation, before anything is kept or sent."""
    literal = _literal(host)
    if literal is not None:
        _check(literal, rules)
        return
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdecimal() or last.lower().startswith("0x"):
        # 2130706433, 0x7f.1 and 0177.0.0.1 are ways to write 127.0.0.1 that no name can have.
        raise WebhookRefused(phrase(N_("Write an IP address as four numbers with dots, or use a name.")))


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _checked_address(target: Target, rules: Rules) -> Address:
    """The first address of the target's name; every one must be allowed."""
    found = _looked_up(target)
    for address in found:
        _check(address, rules)
    address = found[0]
    if target.port not in PORTS[target.scheme] and not _is_allowed(address, rules):
        raise _wrong_port(target.scheme)
    return address


def _check(address: Address, rules: Rules) -> None:
    if not is_public(address) and not _is_allowed(address, rules):
        message = N_(
            "The address leads into a private or reserved network. "
            "Whoever runs this installation can allow one: WEBHOOK_ALLOWED_NETWORKS."
        )
        raise WebhookRefused(phrase(message))


def _is_allowed(address: Address, rules: Rules) -> bool:
    return any(address.version == network.version and address in network for network in rules.networks)


def _looked_up(target: Target) -> list[Address]:
    """What the name stands for. The resolver has no time limit of its own that could be relied on."""
    pool = ThreadPoolExecutor(1)
    try:
        rows = pool.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM).result(
            TIMEOUT_S
        )
    except LookupTimeout as error:
        raise WebhookFailed(f"The name was not found within {TIMEOUT_S:.0f} seconds.") from error
    except (OSError, UnicodeError) as error:
        raise WebhookFailed("The name is not known.") from error
    finally:
        pool.shutdown(wait=False)
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    if not addresses:
        raise WebhookFailed("The name is not known.")
    return addresses
