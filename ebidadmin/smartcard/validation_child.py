"""The process in which certificates are checked: a line of JSON in, a line of JSON out, until its input ends or it has idled too long.

``{"do": "material", "trusted": […], "others": […], "lists": […]}`` (base64 of DER) says what to check against; the answer names, by place,
what of it cannot be used. ``{"do": "check", "certificate": …, "at": …, "demands": {…}}`` answers a verdict. ``{"do": "list", "list": …}``
answers what a list says of itself and which of the certificates signed it. Whatever goes wrong beyond that ends the process, and the
caller knows that nothing was found out.
"""

from __future__ import annotations

import base64
import json
import select
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ebidadmin.domain.certificates import KeyUse
from ebidadmin.smartcard.revocation_lists import RevocationList
from ebidadmin.smartcard.tlv import MalformedError
from ebidadmin.smartcard.validation import Examiner, signer_of, usable
from ebidadmin.smartcard.validation_rules import Demands

IDLE_SECONDS = 300
"""A process that nobody asks anything goes away; the next question starts a new one."""

MEMORY = 1 << 30
"""Bytes that the process may use. A list of a million entries needs a third of it."""


class _Desk:
    """What the process knows at the moment."""

    def __init__(self) -> None:
        self._examiner = Examiner((), (), ())

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["do"] == "material":
            return self._material(asked)
        if asked["do"] == "list":
            return _list(asked)
        return self._check(asked)

    def _material(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        trusted, bad_trusted = _sorted_out([_bytes(one) for one in asked["trusted"]])
        others, bad_others = _sorted_out([_bytes(one) for one in asked["others"]])
        lists, bad_lists = [], []
        for place, one in enumerate(asked["lists"]):
            try:
                lists.append(RevocationList(_bytes(one)))
            except MalformedError:
                bad_lists.append(place)
        self._examiner.close()
        self._examiner = Examiner(trusted, others, lists, unusable_lists=len(bad_lists))
        return {"trusted": bad_trusted, "others": bad_others, "lists": bad_lists}

    def _check(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        wanted = asked["demands"]
        verdict = self._examiner.examine(
            _bytes(asked["certificate"]),
            at=datetime.fromisoformat(asked["at"]),
            demands=Demands(
                usage=KeyUse(wanted["usage"]),
                policies=frozenset(wanted["policies"]),
                explicit_policy=wanted["explicit_policy"],
                inhibit_mapping=wanted["inhibit_mapping"],
                inhibit_any_policy=wanted["inhibit_any_policy"],
            ),
        )
        return _plain(asdict(verdict))


def _list(asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = RevocationList(_bytes(asked["list"]))
        facts = found.facts()
    except MalformedError:
        return {"readable": False}
    signers = [_bytes(one) for one in asked["certificates"]]
    return {"readable": True, "signer": signer_of(found, signers), "facts": _plain(asdict(facts))}


def _sorted_out(certificates: list[bytes]) -> tuple[list[bytes], list[int]]:
    """Those that can be used, and the places of the others."""
    good, bad = [], []
    for place, der in enumerate(certificates):
        if usable(der):
            good.append(der)
        else:
            bad.append(place)
    return good, bad


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Answer until there is nothing more to answer."""
    _limit_memory()
    desk = _Desk()
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while select.select([incoming], [], [], IDLE_SECONDS)[0]:
        line = incoming.readline()
        if not line:
            return
        outgoing.write(json.dumps(desk.answer(json.loads(line))).encode() + b"\n")
        outgoing.flush()


if __name__ == "__main__":
    main()
