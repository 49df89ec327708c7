#!/usr/bin/env bash
# Runs uv with pip's settings: index and certificates belong to the machine, and pip knows them.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)/build/uv
if [ ! -x "$home/bin/uv" ]; then
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check uv
fi

settings=$("$home/bin/pip" config list) # from files and the environment, which sorts first
setting() { sed -nE "s/^(:env:|global|install)\.$1='(.*)'$/\2/p" <<<"$settings" | sed '1!d;s/\\n/ /g;s/^ //'; }
index=$(setting index-url)
extra=$(setting extra-index-url)
trusted=$(setting trusted-host)
certificates=$(setting cert)
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
[ -z "$extra" ] || export UV_INDEX="${UV_INDEX:-$extra}"
[ -z "$trusted" ] || export UV_INSECURE_HOST="${UV_INSECURE_HOST:-$trusted}"
[ -z "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
export UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1
exec "$home/bin/uv" "$@"
