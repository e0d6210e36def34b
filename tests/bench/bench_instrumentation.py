"""What seeing costs: requests with all instruments, against the same requests of a process without any.

    python -m tests.bench.bench_instrumentation

Processes over one demo: bare (no metrics, no log of requests, no traces), watched (metrics shared by
processes and a JSON line a request, as `make run` serves), sampled (and traces of one request in ten, sent
to a collector, as the production stack is set) and traced (of every request). They answer in turns, so that
all see the same machine; each is timed by its own processor time. The promise: watched and sampled both cost
less than 35 % more than bare on a cached read of metrics. A page, the cheapest read there is, and what it
costs to trace everything are printed beside it. Exits 1 when it is broken.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread

from tests.infra.broker import own_broker
from tests.stack.databases import migrate

PROMISE = 0.35
KINDS = ("bare", "watched", "sampled", "traced")
#: What the promise is about.
PROMISED = ("watched", "sampled")
RATIOS = {"sampled": "0.1", "traced": "1"}
ROUNDS, REQUESTS, WARMING = 15, 100, 100


class _Collector(BaseHTTPRequestHandler):
    """Takes spans and says thank you."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Process:
    """One of them, asked over its standard streams."""

    def __init__(self, kind: str, environment: dict[str, str], log: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.instrumented_process", kind],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.open("wb"), text=True,
        )  # fmt: skip

    def ask(self, path: str, headers: str, times: int) -> float:
        """Milliseconds of processor time an answer, over `times` of them."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(path, headers, times, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, "The process has ended: see its log."
        return float(answer)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def collector() -> Iterator[str]:
    """A server for spans; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def compare(processes: dict[str, Process], path: str, headers: str) -> bool:
    """Print what each costs on `path`; whether the promise held there."""
    for process in processes.values():
        process.ask(path, headers, WARMING)
    found: dict[str, list[float]] = {kind: [] for kind in processes}
    for _ in range(ROUNDS):
        for kind, process in processes.items():
            found[kind].append(process.ask(path, headers, REQUESTS))
    costs = {kind: median(each) for kind, each in found.items()}
    shares = {kind: cost / costs["bare"] - 1 for kind, cost in costs.items() if kind != "bare"}
    told = ", ".join(f"{kind} {costs[kind]:5.2f} ms (+{share:.0%})" for kind, share in shares.items())
    print(f"{path:44.44} bare {costs['bare']:5.2f} ms, {told}")
    return all(shares[kind] < PROMISE for kind in PROMISED)


def prepare(environment: dict[str, str]) -> tuple[str, str, str]:
    """Make the demo; its API key, a session cookie of its account and the id of a scenario."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.instrumented_process", "prepare"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    key, session, scenario = made[-3:]
    return key, session, scenario


def main() -> int:
    with tempfile.TemporaryDirectory() as name, ExitStack() as ends:
        folder = Path(name)
        server = ends.enter_context(own_broker())
        server.start()
        address = f"sqlite:///{folder}/bench.db"
        migrate(address, folder)
        environment = os.environ | {
            "DATABASE_URL": address,
            "REDIS_URL": f"unix://{server.socket}?db=0",
            "CELERY_BROKER_URL": server.url,
            "STATE_DIR": name,
        }
        key, session, scenario = prepare(environment)
        traces = ends.enter_context(collector())
        processes = {}
        for kind in KINDS:
            metrics = folder / f"metrics-{kind}"
            metrics.mkdir()
            own = {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
            if kind in RATIOS:
                own |= {"OTLP_ENDPOINT": traces, "TRACE_SAMPLE_RATIO": RATIOS[kind]}
            processes[kind] = Process(kind, environment | own, folder / f"{kind}.log")
            ends.callback(processes[kind].end)
        time.sleep(2)
        held = compare(processes, f"/api/v2/scenarios/{scenario}/metrics", f"X-API-Key={key}")
        compare(processes, "/api/v2/scenarios?limit=20", f"X-API-Key={key}")
        compare(processes, f"/scenarios/{scenario}", f"Cookie={session}")
        return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
