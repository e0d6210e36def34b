"""What the outside world sends the drill: requests over TLS, from an address of its own."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from deploy.drill.processes import StepFailed

#: Where the client says it is: another loopback address than the proxy's, so the two can be told apart.
CLIENT_ADDRESS = "127.0.0.9"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks to `port` over TLS and believes only the certificate in `authority`; plainly without one."""

    port: int
    authority: Path | None = None
    source: str = CLIENT_ADDRESS

    def send(
        self,
        method: str,
        path: str,
        *,
        key: str = "",
        document: object = None,
        form: Mapping[str, str] | None = None,
        chunks: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; its body is `document` as JSON, a `form`, or `chunks` as they come.

        Raises StepFailed.
        """
        sent = dict(headers or {})
        if key:
            sent["Authorization"] = f"Bearer {key}"
        body: bytes | Iterable[bytes] | None = chunks
        if document is not None:
            body, sent["Content-Type"] = json.dumps(document).encode(), "application/json"
        elif form is not None:
            body, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=sent, encode_chunked=chunks is not None)
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        except (OSError, http.client.HTTPException) as error:
            raise StepFailed(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()

    def expect(self, status: int, method: str, path: str, **request: Any) -> Answer:
        """Send one request that has to be answered with `status`. Raises StepFailed for any other."""
        answer = self.send(method, path, **request)
        if answer.status != status:
            said = answer.body[:300].decode(errors="replace")
            raise StepFailed(f"{method} {path}: expected {status}, got {answer.status}: {said}")
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        source = (self.source, 0)
        if self.authority is None:
            return http.client.HTTPConnection("localhost", self.port, timeout=60, source_address=source)
        context = ssl.create_default_context(cafile=str(self.authority))
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=60, source_address=source, context=context
        )


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
