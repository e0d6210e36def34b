"""A whole run leaves logs an operator can pass on: no password, key, token, cookie, mail address or text."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.stack.live import LiveStack, launched
from tests.worker.conftest import wait_until

EMAIL, PASSWORD, WRONG = "grace.hopper@example.com", "the queue of nineteen forty", "a guess nobody makes"
TEXT = "Bronze-Otter-Launch"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """A browser and a client in one; remembers what must not be told."""

    stack: LiveStack
    cookies: CookieJar = field(default_factory=CookieJar)
    secrets: set[str] = field(default_factory=set)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(f"{self.stack.url}{path}", body, named, method=method)
        try:
            with build_opener(HTTPCookieProcessor(self.cookies)).open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def form(self, page: str, action: str, **values: str) -> int:
        token = unescape(_TOKEN.findall(self.send("GET", page)[1])[0])
        self.secrets.add(token)
        sent = urlencode(values | {"csrf_token": token}).encode()
        return self.send("POST", action, sent)[0]

    def call(self, method: str, path: str, body: object = None, key: str = "") -> Any:
        headers = {"Content_Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        sent = None if body is None else json.dumps(body).encode()
        _, text = self.send(method, f"/api/v2{path}", sent, **headers)
        return json.loads(text) if text else None

    def keep(self, answer: dict[str, Any], *names: str) -> list[str]:
        found = [str(answer[name]) for name in names]
        self.secrets.update(found)
        return found


def live_through_a_day(visitor: Visitor) -> None:
    """Everything that handles a secret, right and wrong."""
    account = {"email": EMAIL, "password": PASSWORD}
    visitor.call("POST", "/auth/register", account)
    visitor.call("POST", "/auth/login", account | {"password": WRONG})
    tokens = visitor.call("POST", "/auth/login", account)
    access, refresh = visitor.keep(tokens, "access_token", "refresh_token")
    (key,) = visitor.keep(
        visitor.call("POST", "/auth/api-keys", {"name": "laptop", "scopes": ["read", "write"]}, access),
        "secret",
    )
    scenario = visitor.call("POST", "/scenarios", {"name": TEXT, "region": "eu-west-1"}, key)
    visitor.call("GET", f"/scenarios?search={TEXT}", key=key)
    visitor.call("GET", f"/scenarios?api_key={key}", key=key + "x")
    link = visitor.call("POST", f"/scenarios/{scenario['id']}/share-links", {"name": "board"}, key)
    shared = link["url"].rpartition("/")[2]
    visitor.secrets.add(shared)
    visitor.send("GET", f"/shared/{shared}")
    visitor.send("GET", f"/shared//{shared}")
    visitor.call("POST", f"/scenarios/{scenario['id']}/reports", {"format": "csv"}, key)
    visitor.keep(visitor.call("POST", "/auth/refresh", {"refresh_token": refresh}), "access_token")
    visitor.call("POST", "/auth/refresh", {"refresh_token": refresh})
    visitor.call("POST", "/auth/password/reset", {"email": EMAIL})
    assert visitor.form("/sign-in", "/sign-in", email=EMAIL, password=WRONG) == 422
    assert visitor.form("/sign-in", "/sign-in", email=EMAIL, password=PASSWORD) == 200
    assert visitor.send("GET", f"/scenarios?q={TEXT}")[0] == 200
    assert (
        visitor.form("/scenarios/new", "/scenarios", name=TEXT, region="us-east-1", free_tier="none") == 200
    )
    visitor.secrets.update(cookie.value or "" for cookie in visitor.cookies)


def mailed_links(folder: Path) -> set[str]:
    """Tokens of the links that were mailed."""
    mails = " ".join(path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.eml"))
    return set(re.findall(r"token=([\w-]{20,})", mails))


def test_no_log_of_a_whole_run_holds_a_secret_or_a_persons_words(tmp_path: Path) -> None:
    with launched(tmp_path) as stack:
        visitor = Visitor(stack)
        live_through_a_day(visitor)
        assert wait_until(lambda: len(mailed_links(tmp_path / "mail")) >= 2, seconds=30)
        secrets = visitor.secrets | mailed_links(tmp_path / "mail") | {EMAIL, PASSWORD, WRONG, TEXT}
    logs = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "log").glob("*.log")}
    secrets |= {stack.password, stack.api_key}
    assert "POST /api/v2/auth/login 200" in logs["web.log"]
    assert "mails.deliver" in logs["worker.log"]
    security = [line for line in logs["web.log"].splitlines() if " webapp.security [" in line]
    for event in ("AccountRegistered", "SignedIn", "SignInRefused", "KeyCreated", "SessionsRevoked"):
        assert any(f"{event}: account " in line for line in security), event
    assert len(secrets) > 12
    told = {(name, secret) for name, text in logs.items() for secret in secrets if secret in text}
    assert told == set()
