#!/usr/bin/env bash
# Every pinned version can be had for the oldest Python we promise; the one that runs here may be newer.
set -euo pipefail
cd "$(dirname "$0")/.."
for lock in requirements.lock requirements-dev.lock; do
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --dry-run --no-deps \
        --python-version 3.11.0 --only-binary=:all: --target build/none --require-hashes -r "$lock"
done
