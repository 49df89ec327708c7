#!/usr/bin/env bash
# Starts `make demo` as a user would, asks the endpoint, and stops it with Ctrl-C.
set -euo pipefail
port=${PORT:-8765}
data=$(mktemp -d)
log=$data/demo.log
setsid make demo PORT="$port" DEMO_DATA="$data/instance" >"$log" 2>&1 &
demo=$!
stop() { kill -INT -- "-$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -rf "$data"; }
trap stop EXIT
for _ in $(seq 300); do
  curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && break
  kill -0 "$demo" 2>/dev/null || { cat "$log"; exit 1; }
  sleep 1
done
answer=$(curl -fsS "http://127.0.0.1:$port/sparql" -H 'Accept: text/csv' --data-urlencode \
  'query=SELECT (COUNT(*) AS ?n) WHERE { ?s a <http://purl.org/linked-data/cube#Observation> }')
echo "$answer"
count=$(tail -n 1 <<<"$answer" | tr -d '\r')
[ "$count" -ge 1000 ] || { echo "expected at least 1,000 observations"; cat "$log"; exit 1; }
