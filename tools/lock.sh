#!/bin/sh
# Writes requirements/*.txt: every package with version and hashes, for every platform, without the address of any package index.
# The staff environment is locked within the versions of the full one, so that both can share one virtual environment. What the benchmarks
# compare with is no part of either.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

lock() {
  target=$1
  shift
  echo "lock: $target"
  "$uv" pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
    --python-version 3.11 --custom-compile-command 'make lock' --output-file "$target" "$@"
}

lock requirements/uv.txt requirements/uv.in
lock requirements/all.txt pyproject.toml requirements/build.in \
  --extra audit --extra card --extra docs --extra hub --extra lab --extra postgres --extra reports --extra test
lock requirements/lab.txt pyproject.toml requirements/build.in --extra audit --extra card --extra lab --constraint requirements/all.txt
lock requirements/hub.txt pyproject.toml requirements/build.in --extra audit --extra card --extra hub --extra lab --extra postgres --extra reports \
  --constraint requirements/all.txt
lock requirements/bench.txt pyproject.toml requirements/build.in --extra bench --extra postgres --constraint requirements/all.txt
