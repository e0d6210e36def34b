"""What a sender says of itself, or sends far too much of, is no matter to a real web server."""

import http.client
from pathlib import Path

from tests.faults.web import WebServer, web_server
from webapp.settings import Settings

_MB = b"x" * (1 << 20)


def test_a_sender_is_no_proxy_unless_the_settings_say_so(settings: Settings, tmp_path: Path) -> None:
    with web_server(settings, tmp_path) as server:
        for forged in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}):
            answer = server.ask("GET", "/sign-in", forged)
            assert answer.status == 200 and "strict-transport-security" not in answer.headers, forged
        # Not where the application is mounted either: a rule of a proxy about a path would be got past.
        assert server.ask("GET", "/x/api/v2/health/info", {"SCRIPT_NAME": "/x"}).status == 404
    with web_server(settings, tmp_path, TRUSTED_PROXIES="1") as server:
        answer = server.ask("GET", "/sign-in", {"X-Forwarded-Proto": "https"})
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_form_sent_to_a_door_of_the_api_is_refused_unread(settings: Settings, tmp_path: Path) -> None:
    doors = (
        "/api/v1/auth/login",
        "/api/v2/auth/login",
        "/api/v2/auth/register",
        "/api/v2/auth/password/reset",
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with web_server(settings, tmp_path) as server:
        for door in doors:
            assert server.ask("POST", door, form, b"email=ada@example.com").status == 415, door
            assert _mb_taken(server, door, most=200) < 64, door


def _mb_taken(server: WebServer, path: str, most: int) -> int:
    """How many of `most` MB of a form are taken before the server answers and hangs up."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(most << 20))
    connection.endheaders()
    taken = 0
    try:
        while taken < most:
            connection.send(_MB)
            taken += 1
    except OSError:
        pass  # it has hung up
    finally:
        connection.close()
    return taken
