#!/usr/bin/env bash
# The lower bounds in pyproject.toml are true: with the lowest version of every direct dependency
# all modules import, and an instance is created, loaded, verified, queried and served.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
served=
stop() { [ -z "$served" ] || { kill "$served" && wait "$served" || true; }; rm -rf "$work"; }
trap stop EXIT
uv() { bash "$here/.ci/uv.sh" "$@"; }

uv venv --quiet --python "$(command -v python3)" "$work/venv"
# transitive dependencies as new as possible: only what we promise ourselves is tried
uv pip compile --quiet --resolution lowest-direct --no-header --no-annotate \
  --python "$work/venv/bin/python" "$here/pyproject.toml" -o "$work/lowest.txt"
uv pip install --quiet --python "$work/venv/bin/python" -r "$work/lowest.txt"
uv pip install --quiet --python "$work/venv/bin/python" --no-deps "$here"
cd "$work"
venv/bin/python - "$here/pyproject.toml" <<'PY'
import re, sys, tomllib
from importlib.metadata import version

required = tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"]
names = [re.split("[<>=~]", requirement)[0] for requirement in required]
print(*(f"{name}=={version(name)}" for name in names))
PY

echo "import every module"
venv/bin/python -c '
import pkgutil, importlib
for package in ("graph", "loaders", "server", "shapes", "vocab"):
    folder = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(folder, package + "."):
        importlib.import_module(module.name)
'
ulzii() { venv/bin/ulzii --data data "$@"; }
ulzii init --base https://example.mn/ >init.log
ulzii load vocab-place admin-units
ulzii verify
place=https://w3id.org/ulzii/def/place#Aimag
count=$(ulzii query --format csv "SELECT (COUNT(*) AS ?n) { ?p a <$place> }" | tail -n 1 | tr -d '\r')
[ "$count" = 21 ] || { echo "expected 21 aimags, found $count"; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/ulzii --data data serve --port "$port" >serve.log 2>&1 &
served=$!
for _ in $(seq 60); do
  curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && break
  kill -0 "$served" || { cat serve.log; exit 1; }
  sleep 0.5
done
answer=$(curl -fsS "http://127.0.0.1:$port/sparql" -H 'Accept: application/sparql-results+json' \
  --get --data-urlencode "query=ASK { ?p a <$place> }")
grep -q '"boolean":true' <<<"$answer" || { echo "$answer"; cat serve.log; exit 1; }
echo "the lowest versions work"
