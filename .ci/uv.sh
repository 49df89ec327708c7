#!/usr/bin/env bash
# Runs uv with pip's settings: index and certificates belong to the machine, and pip knows them.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)/build/uv
if [ ! -x "$home/bin/uv" ]; then
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check uv
fi

# setting VARIABLE NAME: the variable if pip takes it from the environment, else pip's own setting
setting() { printf %s "${!1:-$("$home/bin/pip" config get "global.$2" 2>/dev/null || true)}"; }
index=$(setting PIP_INDEX_URL index-url)
extra=$(setting PIP_EXTRA_INDEX_URL extra-index-url)
trusted=$(setting PIP_TRUSTED_HOST trusted-host)
certificates=$(setting PIP_CERT cert)
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
[ -z "$extra" ] || export UV_INDEX="${UV_INDEX:-$extra}"
[ -z "$trusted" ] || export UV_INSECURE_HOST="${UV_INSECURE_HOST:-$trusted}"
[ -z "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
export UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1
exec "$home/bin/uv" "$@"
