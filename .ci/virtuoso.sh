#!/usr/bin/env bash
# Runs the tests of remote stores against Virtuoso 7, started in a temporary folder on free ports.
# Installs the Debian package where the engine is missing; skips where that is not possible.
set -euo pipefail
if ! command -v virtuoso-t >/dev/null; then
  { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } || { echo "no Virtuoso: skipped"; exit 0; }
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    virtuoso-opensource-7 >/dev/null || { echo "no Virtuoso to be had: skipped"; exit 0; }
fi
ULZII_TEST_ENGINE=virtuoso timeout 280 .venv/bin/pytest -n 2 --dist loadfile \
  tests/test_remote_store.py tests/test_remote_queries.py
