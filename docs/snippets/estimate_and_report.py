"""From a document to its bill and a PDF, with Python's standard library alone.

Needs MOCKUPAWS_URL and MOCKUPAWS_API_KEY (scopes read and write) in the environment:

    . var/demo.env && python3 docs/snippets/estimate_and_report.py orders.pdf
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

DOCUMENT = {
    "name": "Orders",
    "region": "eu-west-1",
    "traffic": {"volume": 1_000_000, "unit": "events"},
    "resources": [
        {
            "service": "lambda",
            "settings": {"memory_mb": 512, "duration_ms": 120},
            "usage": {"requests": {"per": "events", "factor": 1}},
        },
        {"service": "sqs", "usage": {"requests": {"per": "events", "factor": 3}}},
    ],
}


def call(method: str, path: str, body: object = None, **headers: str) -> bytes:
    """The answer's body. A refusal ends the program with its sentence; 429 waits as it is told to."""
    request = Request(
        os.environ["MOCKUPAWS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-API-Key": os.environ["MOCKUPAWS_API_KEY"], "Content-Type": "application/json", **headers},
    )
    try:
        with urlopen(request, timeout=30) as answer:
            content: bytes = answer.read()
            return content
    except HTTPError as refusal:
        if refusal.code == 429:
            time.sleep(int(refusal.headers["Retry-After"]))
            return call(method, path, body, **headers)
        sys.exit(f"{method} {path}: {json.load(refusal)['detail']}")


def read(method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
    """The answer as the object it is."""
    found: dict[str, Any] = json.loads(call(method, path, body, **headers))
    return found


def main(file: Path) -> None:
    scenario = read("POST", "/api/v2/scenarios", DOCUMENT)["id"]
    estimate = read("GET", f"/api/v2/scenarios/{scenario}/estimate")
    print("USD a month:", estimate["total_usd"])

    wish = {"format": "pdf"}
    key = {"Idempotency-Key": f"report-of-{scenario}"}
    report = read("POST", f"/api/v2/scenarios/{scenario}/reports", wish, **key)["id"]
    while (state := read("GET", f"/api/v2/reports/{report}/status"))["status"] != "completed":
        if state["status"] == "failed":
            sys.exit(f"The report failed: {state['reason']}")
        if state["status"] == "cancelled":
            sys.exit("The report was cancelled.")
        time.sleep(1)
    file.write_bytes(call("GET", f"/api/v2/reports/{report}/download"))
    print("Report:", file)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "report.pdf"))
