#!/usr/bin/env bash
# Runs the tests of remote stores against Apache Jena Fuseki, started in memory on a free port.
# Needs Java 17 and Maven, which fetches the server; skips where they are missing.
set -euo pipefail
version=5.2.0
command -v java >/dev/null && command -v mvn >/dev/null || { echo "no Java or no Maven: skipped"; exit 0; }
mvn -q -B dependency:get -Dtransitive=false \
  -Dartifact=org.apache.jena:jena-fuseki-server:$version >/dev/null 2>&1 ||
  { echo "no Fuseki to be had: skipped"; exit 0; }
jar=$(find "$HOME/.m2" -name "jena-fuseki-server-$version.jar" | head -n 1)
FUSEKI_JAR=$jar ULZII_TEST_ENGINE=fuseki timeout 280 .venv/bin/pytest -n 2 --dist loadfile \
  tests/test_remote_store.py tests/test_remote_queries.py
