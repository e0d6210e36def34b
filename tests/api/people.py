"""People who sign in over the API, and the mails they get."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from webapp.infra.db import db
from webapp.models.mail import Mail

PASSWORD = "a long enough sentence"


@dataclass(slots=True)
class Person:
    """An e-mail address, its password, and the tokens of the last answer that held any."""

    client: FlaskClient
    email: str
    password: str = PASSWORD
    tokens: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """As the access token's holder calls; as nobody before signing in."""
        token = self.tokens.get("access_token")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, document: object = None) -> TestResponse:
        sent = {} if document is None else {"json": document}
        return self.client.open(f"/api/v2{path}", method=method, headers=self.headers, **sent)  # type: ignore[arg-type]

    def get(self, path: str) -> TestResponse:
        return self.call("GET", path)

    def post(self, path: str, document: object = None) -> TestResponse:
        return self.call("POST", path, document)

    def register(self) -> TestResponse:
        return self.post("/auth/register", {"email": self.email, "password": self.password})

    def sign_in(self, **others: object) -> TestResponse:
        """Sign in, and from then on call with the tokens of the answer."""
        answer = self.client.post(
            "/api/v2/auth/login", json={"email": self.email, "password": self.password} | others
        )
        if answer.status_code == 200:
            self.tokens = answer.get_json()
        return answer

    def refresh(self) -> TestResponse:
        """Exchange the refresh token, and from then on call with the new pair."""
        answer = self.client.post(
            "/api/v2/auth/refresh", json={"refresh_token": self.tokens["refresh_token"]}
        )
        if answer.status_code == 200:
            self.tokens = answer.get_json()
        return answer


def mailed_tokens(app: Flask, email: str, kind: str) -> list[str]:
    """The tokens in the links of the mails of a kind ("confirm", "reset") to an address, oldest first."""
    with app.app_context():
        mails = select(Mail.text).where(Mail.recipient == email, Mail.kind == kind)
        texts = db.session.scalars(mails.order_by(Mail.created_at)).all()
    found = (re.search(r"token=([\w-]+)", text) for text in texts)
    return [match[1] for match in found if match is not None]
