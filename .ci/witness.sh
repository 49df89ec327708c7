#!/usr/bin/env bash
# The log under the eyes of others: litewitness as an audit office would run it, and its proofs and
# tiles checked by golang.org/x/mod and torchwood. Skips, saying why, where these cannot be had.
set -euo pipefail
skip() { echo "$1: skipped"; exit 0; }
command -v go >/dev/null || skip "no Go"
command -v ssh-agent >/dev/null && command -v ssh-keygen >/dev/null || skip "no ssh-agent for litewitness"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOTOOLCHAIN=local GOFLAGS=-mod=mod GOBIN=$work/bin
timeout 600 go install filippo.io/torchwood/cmd/litewitness@v0.9.0 >"$work/go.log" 2>&1 ||
  { tail -n 3 "$work/go.log"; skip "litewitness 0.9.0 cannot be built here"; }
(cd .ci/crosscheck && timeout 300 go build -mod=readonly -o "$work/bin/crosscheck" .) >"$work/go.log" 2>&1 ||
  { tail -n 3 "$work/go.log"; skip "the cross-check cannot be built here"; }
PYTHONPATH=. timeout 300 .venv/bin/python .ci/witness.py "$work"
