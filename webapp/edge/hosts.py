"""The Host header: only names of our own are answered, so that no cache, link or log believes another."""

from functools import lru_cache
from ipaddress import ip_address

from flask import Flask, request
from werkzeug.sansio.utils import host_is_trusted

from webapp.domain.errors import Malformed
from webapp.domain.words import N_, phrase
from webapp.settings import Settings

#: How a browser on the same machine may name it.
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: Orchestrators and Prometheus ask by the address of a container, which nobody can list.
_PROBES = ("health.", "prometheus.")


def init_hosts(app: Flask, settings: Settings) -> None:
    """Refuse requests for a host that is not ours with 400.

    Away from production the machine's own names work too, and addresses of digits: only a name can be made to
    point here by somebody else.
    """
    trusted = list(settings.trusted_hosts)
    is_lenient = settings.environment != "production"
    if is_lenient:
        trusted += _LOOPBACK

    @lru_cache(maxsize=1_024)
    def is_ours(host: str) -> bool:
        return host_is_trusted(host, trusted) or (is_lenient and _is_address(host))

    def check() -> None:
        if (request.endpoint or "").startswith(_PROBES) or is_ours(request.host.lower()):
            return
        raise Malformed(
            phrase(N_("This host name is not one of this server: see PUBLIC_URL and ALLOWED_HOSTS."))
        )

    app.before_request(check)


def _is_address(host: str) -> bool:
    """Whether `host` is an IP address, with or without a port."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
