"""Checks a proof that an event is in the audit trail. Needs Python and the package ``cryptography``, and nothing of ebidadmin.

    python check_proof.py PROOF.json KEY

KEY is the public key of the trail as its office tells it (``ebidadmin audit key``); it must not come from whoever gave the proof. It is a
line such as ``ebidadmin-0123456789ab+01234567+AQ…``. The script answers with what the proof shows and 0, or with what is wrong and 1.
That the event is true is not what it shows: only that it stood in the trail when the head was signed, as it stands in the proof.

The hashing is that of RFC 9162, the head a checkpoint in a signed note (C2SP). It is written anew here, apart from the program's own, so
that one can be read beside the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "ebidadmin-proof-1"
HASH = 32
KEY_HASH = 4
KEY_PARTS = 3


class WrongProofError(Exception):
    """The proof does not hold; the text says why."""


def check(proof: Mapping[str, Any], key_line: str) -> dict[str, Any]:
    """The entry that is proved (with ``values`` where the proof has them) and the head. Raises ``WrongProofError``."""
    try:
        if proof["format"] != FORMAT:
            raise WrongProofError(f"the proof has another format than {FORMAT}")
        entry_text, position = str(proof["entry"]), proof["position"]
        path = [bytes.fromhex(step) for step in proof["path"]]
        size, root, at = _head(str(proof["head"]), key_line)
        leaf = _hash(b"\x00", entry_text.encode("utf-8", "surrogatepass"))
        if not isinstance(position, int) or not 0 <= position < size:
            raise WrongProofError("the event has no place among those of the head")
        if any(len(step) != HASH for step in path) or _climbed(leaf, position, size, path) != root:
            raise WrongProofError(
                "the event does not lead to the root of the head: it is not in the trail as it stands here"
            )
        found = {"entry": json.loads(entry_text), "size": size, "root": root.hex(), "at": at}
        if "payload" in proof:
            found["values"] = _values(proof, found["entry"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WrongProofError(f"this is no proof: {type(error).__name__} {error}") from error
    return found


def _values(proof: Mapping[str, Any], entry: Mapping[str, Any]) -> Any:
    salted = bytes.fromhex(proof["salt"]) + str(proof["payload"]).encode("utf-8", "surrogatepass")
    if hashlib.sha256(salted).hexdigest() != entry["payload"]:
        raise WrongProofError("the values are not those of the event")
    return json.loads(proof["payload"])


def _climbed(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to; ``None`` where its length does not suit the place (RFC 9162, 2.1.3.2)."""
    last, found = size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if position % 2 == 1 or position == last:
            found = _hash(b"\x01", step, found)
            while position % 2 == 0 and position > 0:
                position, last = position // 2, last // 2
        else:
            found = _hash(b"\x01", found, step)
        position, last = position // 2, last // 2
    return found if last == 0 else None


def _head(note: str, key_line: str) -> tuple[int, bytes, str]:
    """Size, root and moment of a head whose signature holds."""
    name, key_hash, public = _key(key_line)
    text, _, signature_line = note.partition("\n\n")
    lines = text.split("\n")
    start = f"\u2014 {name} "
    if len(lines) != 4 or lines[0] != name or not signature_line.startswith(start):
        raise WrongProofError("the head is not one of that key")
    signed = base64.b64decode(signature_line.removeprefix(start).strip(), validate=True)
    if signed[:KEY_HASH] != key_hash:
        raise WrongProofError("the head is signed by another key")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed[KEY_HASH:], f"{text}\n".encode())
    except InvalidSignature as error:
        raise WrongProofError("the signature of the head does not hold") from error
    return int(lines[1]), base64.b64decode(lines[2], validate=True), lines[3]


def _key(line: str) -> tuple[str, bytes, bytes]:
    parts = line.strip().split("+", 2)
    if len(parts) != KEY_PARTS:
        raise WrongProofError("this is no public key of a trail")
    name, told, encoded = parts
    kind_and_key = base64.b64decode(encoded, validate=True)
    key_hash = hashlib.sha256(name.encode() + b"\n" + kind_and_key).digest()[:KEY_HASH]
    if kind_and_key[:1] != b"\x01" or len(kind_and_key) != 1 + HASH or key_hash.hex() != told:
        raise WrongProofError("this is no public key of a trail")
    return name, key_hash, kind_and_key[1:]


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def main(arguments: Sequence[str]) -> int:
    """The script."""
    if len(arguments) != 2:
        sys.stderr.write("usage: check_proof.py PROOF.json KEY\n")
        return 2
    try:
        shown = check(json.loads(Path(arguments[0]).read_text(encoding="utf-8")), arguments[1])
    except (OSError, ValueError, WrongProofError) as error:
        sys.stderr.write(f"The proof does not hold: {error}\n")
        return 1
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
