#!/bin/sh
# Undo `make run` and `make test`: everything they make is under var/, caches of the checkers excepted.
# Packages root had installed with apt-get stay; other programs may use them by now.
cd "$(dirname "$0")/../.." || exit 1
if [ -e var/run/stack.lock ] && ! flock --nonblock var/run/stack.lock true 2>/dev/null; then
    echo "mockupAWS is running from $PWD/var: stop it first." >&2
    exit 1
fi
rm -rf var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
