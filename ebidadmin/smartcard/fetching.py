"""Fetching a revocation list over HTTP under limits of time, size and redirections."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

from ebidadmin.errors import InputError
from ebidadmin.smartcard.fetching_child import REDIRECTED, REFUSED, TOO_LARGE
from ebidadmin.smartcard.revocation_lists import LARGEST

SECONDS = 4.0
"""For everything: the person waits no longer than five seconds for an answer."""

Fetch = Callable[[str], bytes]


def fetch(url: str, *, seconds: float = SECONDS, limit: int = LARGEST) -> bytes:
    """The body behind an address.

    Raises ``InputError``, all with the fact ``url``: ``crl-address-refused`` (not http or https), ``crl-too-slow`` (``seconds``),
    ``crl-too-large`` (``limit``, MB), ``crl-redirected``, ``crl-refused`` (the server answered with an error), ``crl-unreachable``.
    """
    if not re.fullmatch(r"https?://[!-~]{1,2000}", url):
        raise InputError("crl-address-refused", url=url[:200])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ebidadmin.smartcard.fetching_child", url, str(limit)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError("crl-too-slow", url=url, seconds=int(seconds)) from error
    if done.returncode == TOO_LARGE:
        raise InputError("crl-too-large", url=url, limit=limit // (1024 * 1024))
    if done.returncode == REDIRECTED:
        raise InputError("crl-redirected", url=url)
    if done.returncode == REFUSED:
        raise InputError("crl-refused", url=url)
    if done.returncode:
        raise InputError("crl-unreachable", url=url)
    return done.stdout
