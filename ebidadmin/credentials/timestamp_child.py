"""The process that asks a time-stamping authority once: the query from standard input, the answer to standard output, how it went as the
exit code. A slow one is killed.

A process, because the sum of a name look-up, a connection and single bytes at long intervals has no other limit that holds.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http.client import HTTPException

SECONDS_PER_STEP = 10
LARGEST = 1 << 20
"""Bytes of an answer: a stamp with its certificates has some ten thousand."""

UNREACHABLE, REFUSED = 3, 4
"""Exit codes: nobody there or cut off, answered with an error (or sent elsewhere, where a query does not follow)."""


def asked(url: str, query: bytes) -> bytes:
    """The body of the answer. Raises what ``urllib`` does; ``ValueError`` for one that is too large or was cut off."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    headers = {
        "User-Agent": "ebidadmin",
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    request = urllib.request.Request(url, data=query, headers=headers)  # noqa: S310  # who calls takes http and https only
    with opener.open(request, timeout=SECONDS_PER_STEP) as answer:
        body: bytes = answer.read(LARGEST + 1)
        declared = answer.headers.get("Content-Length")
    if len(body) > LARGEST or (declared is not None and declared.isdecimal() and int(declared) != len(body)):
        raise ValueError("too large, or cut off")
    return body


def main() -> int:
    """Answers the exit code."""
    try:
        body = asked(sys.argv[1], sys.stdin.buffer.read())
    except urllib.error.HTTPError:
        return REFUSED
    except (OSError, HTTPException, ValueError):
        return UNREACHABLE
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
