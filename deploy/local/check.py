"""`make test`: format, lint, types, security, contracts, then every test; the first that fails ends it.

`python -m deploy.local.check bench` runs the benchmarks instead, which are no part of the tests.
"""

import os
import subprocess
import sys

from deploy.local.places import CHECKOUT, Places, library_environment

_OURS = ("webapp", "tasks", "deploy", "wsgi.py")
_CHECKS = (
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("lint", ("ruff", "check", "--quiet", ".")),
    ("types", ("mypy",)),
    ("security", ("bandit", "--quiet", "-c", "pyproject.toml", "-r", *_OURS)),
    ("advisories", ("deploy.local.advisories",)),
)
#: Tests wait as often as they work: one process a core, each with its own servers. A file stays together.
_SIDE_BY_SIDE = ("--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")
_HINTS = {"format": "`make format` mends it", "lint": "`make format` mends some of it"}


def main(purpose: str) -> int:
    """Run everything; the exit code of the first failure, else 0."""
    environment = os.environ | library_environment(Places(CHECKOUT / "var"))
    if purpose == "bench":
        return _bench(environment)
    for name, (module, *arguments) in _CHECKS:
        if code := _run((sys.executable, "-m", module, *arguments), environment):
            return _failed(name, code)
    contracts = (
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-logo",
    )
    if code := _run(contracts, environment):
        return _failed("import contracts", code)
    return _run((sys.executable, "-m", "pytest", *_SIDE_BY_SIDE), environment)


def _bench(environment: dict[str, str]) -> int:
    """Every module of tests/bench, one after the other; 1 when one of them broke its promise."""
    names = sorted(path.stem for path in (CHECKOUT / "tests" / "bench").glob("bench_*.py"))
    codes = []
    for name in names:
        print(f"\n{name}", flush=True)
        codes.append(_run((sys.executable, "-m", f"tests.bench.{name}"), environment))
    return int(any(codes))


def _run(command: tuple[str, ...], environment: dict[str, str]) -> int:
    return subprocess.run(command, cwd=CHECKOUT, env=environment).returncode


def _failed(name: str, code: int) -> int:
    hint = f" ({_HINTS[name]})" if name in _HINTS else ""
    print(f"The {name} check failed{hint}; no test was run.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
