#!/usr/bin/env bash
# Prints the path of a browser, installed where that is possible; nothing where none is to be had.
set -euo pipefail
found() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
if [ -z "$(found)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get -qq update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >&2 || true
fi
found
