"""Ingest through HTTP on one web process, against `orjson.loads` on each line of the same bytes.

    python -m tests.bench.bench_ingest

Starts the stack as `make run` does with one web process, posts NDJSON of 300-byte events of 1, 10 and 50 MB,
and reads the web process's memory. The promises: at most 5 times the baseline, memory flat. Exits 1 when one
is broken.
"""

import json
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from tests.bench.bench_metering import event, parse_each, seconds
from tests.stack.live import LiveStack, launched

PROMISE, FLAT_MB = 5.0, 16
MEGABYTE = 1024 * 1024
SIZES_MB = (1, 10, 50)
ROUNDS, SETTLING_S = 5, 5


def _call(stack: LiveStack, path: str, body: bytes, content_type: str) -> dict[str, object]:
    headers = {"X-API-Key": stack.api_key, "Content-Type": content_type}
    request = urllib.request.Request(stack.url + path, method="POST", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        answered: dict[str, object] = json.load(answer)
        return answered


def _web_process(stack: LiveStack) -> psutil.Process:
    """gunicorn's one worker: the youngest of the web server's processes."""
    children = psutil.Process(stack.launcher.pid).children(recursive=True)
    web = [child for child in children if "gunicorn" in " ".join(child.cmdline())]
    return max(web, key=lambda child: child.create_time())


def _ingest_s(stack: LiveStack, scenario: object, body: bytes) -> float:
    begun = time.perf_counter()
    answer = _call(stack, f"/api/v2/scenarios/{scenario}/ingest", body, "application/x-ndjson")
    spent = time.perf_counter() - begun
    assert (answer["accepted"], answer["bytes"]) == (body.count(b"\n"), len(body)), answer
    return spent


def measure(stack: LiveStack) -> bool:
    """Print a row per size; whether both promises held."""
    document = json.dumps({"name": "Bench", "region": "us-east-1"}).encode()
    scenario = _call(stack, "/api/v2/scenarios", document, "application/json")["id"]
    web, kept, peak = _web_process(stack), True, 0.0
    first = 0.0
    # Worker and scheduler are still starting when the web server answers; they want the processors too.
    time.sleep(SETTLING_S)
    for size in SIZES_MB:
        lines = [event(number) for number in range(size * MEGABYTE // 301)]
        body = b"\n".join(lines) + b"\n"
        baseline = seconds(lambda lines=lines: parse_each(lines), rounds=3)  # type: ignore[misc]
        spent = min(_ingest_s(stack, scenario, body) for _ in range(ROUNDS))
        peak = web.memory_info().rss / MEGABYTE
        first = first or peak
        print(
            f"{size:3} MB: {spent * 1000:7.1f} ms, {spent / baseline:.2f} x orjson.loads of each line "
            f"({baseline * 1000:.1f} ms); web process {peak:.0f} MB, highest so far {_highest_mb(web):.0f} MB"
        )
        kept = kept and spent / baseline <= PROMISE
    return kept and _highest_mb(web) - first <= FLAT_MB


def _highest_mb(process: psutil.Process) -> float:
    """The process's highest resident memory ever, MB (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> int:
    os.environ["WEB_WORKERS"] = "1"
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder)) as stack:
        return 0 if measure(stack) else 1


if __name__ == "__main__":
    sys.exit(main())
