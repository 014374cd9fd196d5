#!/bin/sh
# All tests, on as many processors as there are up to four, then the coverage that the rules and services must keep. Arguments go to
# pytest; with any, one process runs the tests and coverage is not judged.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

# Some machines forbid it for the sake of their images. Without compiled modules each of the many processes that the tests start compiles
# the program anew, and each database the steps of the schema.
unset PYTHONDONTWRITEBYTECODE

if [ "$#" -gt 0 ]; then
  exec "$python" -m pytest "$@"
fi

"$python" -m coverage erase
"$python" -m pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder --cov --cov-report=
echo "[test] Coverage of rules and services (branches; at least 95 %):"
"$python" -m coverage report --fail-under=95
