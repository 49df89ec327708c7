#!/usr/bin/env bash
# Builds the wheel, installs it in a fresh environment and loads the bundled sources from there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m build --wheel --no-isolation --outdir "$work" . >/dev/null
if command -v npm >/dev/null; then
  python3 -m zipfile -l "$work"/*.whl | grep server/static/dist/codemirror.js >/dev/null || {
    echo "the wheel lacks the query editor"; exit 1; }
else
  echo "npm is missing: the wheel has the plain query editor"
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "$work"/*.whl
cd "$work"
"$work/venv/bin/ulzii" --data "$work/data" demo --no-serve
"$work/venv/bin/ulzii" --data "$work/data" verify
