"""The process that fetches one file over HTTP: the body to standard output, how it went as the exit code. A slow one is killed.

A process, because the sum of a name look-up, connections, redirections and single bytes at long intervals has no other limit that holds.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import IO

MOST_REDIRECTIONS = 3
SECONDS_PER_STEP = 4
CHUNK = 1 << 16

UNREACHABLE, REDIRECTED, TOO_LARGE, REFUSED = 3, 4, 5, 6
"""Exit codes: nobody there, sent around too often, more than wanted, answered with an error."""


class _Redirections(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTIONS
    max_repeats = 2


def _opener() -> urllib.request.OpenerDirector:
    """HTTP and HTTPS, by the proxy of the environment where one is set; no other kind of address, not even when redirected."""
    opener = urllib.request.OpenerDirector()
    handlers: tuple[urllib.request.BaseHandler, ...] = (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirections(),
        urllib.request.HTTPErrorProcessor(),
    )
    for handler in handlers:
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "ebidadmin"), ("Accept", "application/pkix-crl, */*;q=0.5")]
    return opener


def fetch(url: str, limit: int, out: IO[bytes]) -> int:
    """Write the body to ``out``, at most ``limit`` bytes; answers the exit code."""
    try:
        with _opener().open(url, timeout=SECONDS_PER_STEP) as answer:
            taken = 0
            while chunk := answer.read(CHUNK):
                taken += len(chunk)
                if taken > limit:
                    return TOO_LARGE
                out.write(chunk)
            declared = answer.headers.get("Content-Length")
        out.flush()
        cut = declared is not None and declared.isdecimal() and int(declared) != taken
    except urllib.error.HTTPError as error:
        return REDIRECTED if error.code in {301, 302, 303, 307, 308} else REFUSED
    except (OSError, HTTPException, ValueError):
        return UNREACHABLE
    return UNREACHABLE if cut else 0


if __name__ == "__main__":
    sys.exit(fetch(sys.argv[1], int(sys.argv[2]), sys.stdout.buffer))
