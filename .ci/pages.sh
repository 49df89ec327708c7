#!/usr/bin/env bash
# The pages in a browser: axe, widths, targets, sizes, no other host; ways by keyboard and without script.
# Usage: .ci/pages.sh [FOLDER-FOR-SCREENSHOTS]. What cannot be had on this machine is said and skipped.
set -euo pipefail
here=$PWD
shots=${1:+$(realpath -m "$1")}
work=$(mktemp -d)
served=
stop() { kill $served 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

browser=$(bash "$here/.ci/browser.sh")
[ -n "$browser" ] || { echo "no browser to be had: skipped"; exit 0; }
cp .ci/clients/pages.* "$work/"
cd "$work"
command -v npm >/dev/null && npm init -y >/dev/null &&
  npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 axe-core@4.14.1 >/dev/null ||
  { echo "no packages of Node to be had: skipped"; exit 0; }

"$here/.venv/bin/python" "$here/server/editor/hatch_build.py" >/dev/null 2>&1
ulzii=$here/.venv/bin/ulzii
"$ulzii" --data "$work/data" demo --no-serve >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$ulzii" --data "$work/data" serve --port "$port" >"$work/serve.log" 2>&1 &
served=$!
for _ in $(seq 60); do
  curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && break
  kill -0 "$served" || { cat "$work/serve.log"; exit 1; }
  sleep 0.5
done
[ -z "$shots" ] || mkdir -p "$shots"
node pages.mjs "$browser" "http://127.0.0.1:$port" "$shots"
