#!/bin/sh
# Prove the production stack without a Docker engine: deploy/drill.sh [--keep]
# Everything docker-compose.yml starts runs as processes of this machine, makes a report, and ends.
# `make drill` sets up what it needs first.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x var/venv/bin/python ]; then
    echo "Nothing is set up yet: run make drill." >&2
    exit 1
fi
exec var/venv/bin/python -m deploy.drill.run "$@"
