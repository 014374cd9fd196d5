"""One card operation in a process of its own: load the module, use it, unload it, leave. Started by ``smartcard.pkcs11`` only.

Standard input: one line of JSON, then exactly as many bytes of PIN as the line announces. Standard output: one line of JSON per step begun,
then one with the answer or with what the module refused. It says what it saw and judges nothing; the parent knows what the codes mean.

A vendor's module may print, crash, hang or leave copies of the PIN behind. So what it prints goes nowhere, the process leaves no core dump,
nobody can look into it, and it does not live longer than one operation. It is started by its path and needs nothing of ebidadmin.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, BinaryIO

import PyKCS11
from PyKCS11 import LowLevel

MOST_MEMORY = 2 << 30
MOST_SLOTS = 64
MOST_OBJECTS = 64
LONGEST_VALUE = 64 << 10
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
SLOT_LIST_TRIES = 5
DER_SEQUENCE = 0x30
LONG_FORM = 0x80
"""From here on a byte says how many bytes of length follow it."""
SETTLING = 0.5
"""Seconds; services between readers and programs look for changes every 0.4 s."""

SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 value where the card pads but does not hash (RFC 8017, 9.2)."""


class Lie(Exception):  # noqa: N818 - what the module tells cannot be
    """The module answered something that cannot be."""


class FunctionList(ctypes.Structure):
    """The beginning of CK_FUNCTION_LIST: a version and the first function."""

    _fields_ = (
        ("version", ctypes.c_ubyte * 2),
        ("C_Initialize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
    )


class Card:
    """The module, and the step that it is at."""

    def __init__(self, module: str, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self.step("load")
        _initialize(module)
        self.lib = PyKCS11.PyKCS11Lib()
        self.lib.load(module)
        self.step("find")

    def step(self, name: str) -> None:
        self._tell({"step": name})

    def slots(self) -> list[int]:
        """An insertion between the two questions of one list makes the second too long for its buffer: the only thing asked again."""
        for _ in range(SLOT_LIST_TRIES):
            try:
                found = list(self.lib.getSlotList(tokenPresent=False))
            except PyKCS11.PyKCS11Error as error:
                if error.value != PyKCS11.CKR_BUFFER_TOO_SMALL:
                    raise
                continue
            if len(found) > MOST_SLOTS:
                raise Lie("slots")
            return found
        raise PyKCS11.PyKCS11Error(PyKCS11.CKR_BUFFER_TOO_SMALL)

    def look(self, slot: int) -> dict[str, Any]:
        """Reader and token of a slot; a token that went between the two questions is no token."""
        info = self.lib.getSlotInfo(slot)
        found: dict[str, Any] = {"slot": slot, "reader": _text(info.slotDescription), "token": None}
        if info.flags & PyKCS11.CKF_TOKEN_PRESENT:
            try:
                token = self.lib.getTokenInfo(slot)
            except PyKCS11.PyKCS11Error as error:
                found["refused"] = _name(error)
            else:
                found["token"] = {
                    "label": _text(token.label),
                    "serial": _text(token.serialNumber),
                    "model": _text(token.model),
                    "manufacturer": _text(token.manufacturerID),
                    "flags": int(token.flags),
                }
        return found

    def open(self, wanted: dict[str, Any]) -> tuple[int, PyKCS11.Session] | dict[str, Any]:
        """A session with the card that was meant; else what lies in its reader now."""
        there = [self.look(slot) for slot in self.slots()]
        named = [found for found in there if found["reader"] == wanted["reader"]]
        for found in named:
            token = found["token"]
            if token is not None and all(
                token[name] == wanted[name] for name in ("label", "serial", "model", "manufacturer")
            ):
                return found["slot"], self.lib.openSession(found["slot"])
        # A card that is pulled while it is looked at shows as another one, until the reader has noticed.
        time.sleep(SETTLING)
        still = [self.look(found["slot"]) for found in named if found["token"] is not None]
        return {"changed": any(found["token"] is not None for found in still)}

    def certificates(self, session: PyKCS11.Session) -> list[dict[str, str]]:
        self.step("read")
        template = [(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)]
        found = []
        for handle in self._objects(session, template):
            value, key_id, label = (
                self._value(session, handle, attribute)
                for attribute in (PyKCS11.CKA_VALUE, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL)
            )
            if value:
                found.append(
                    {
                        "der": _without_padding(value).hex(),
                        "key_id": key_id.hex(),
                        "label": label.decode("utf-8", "replace"),
                    }
                )
        return found

    def _objects(self, session: PyKCS11.Session, template: list[tuple[int, Any]]) -> list[Any]:
        handles = LowLevel.ckulonglist(MOST_OBJECTS)
        attributes = session._template2ckattrlist(template)
        _checked(session.lib.C_FindObjectsInit(session.session, attributes))
        _checked(session.lib.C_FindObjects(session.session, handles))
        _checked(session.lib.C_FindObjectsFinal(session.session))
        if len(handles) > MOST_OBJECTS:
            raise Lie("objects")
        found = []
        for number in handles:
            handle = PyKCS11.CK_OBJECT_HANDLE(session)
            handle.assign(number)
            found.append(handle)
        return found

    def _value(self, session: PyKCS11.Session, handle: Any, attribute: int) -> bytes:
        """The bytes of an attribute; none where the object does not have it."""
        (value,) = session.getAttributeValue(handle, [attribute], allAsBinary=True)
        raw = b"" if value is None else bytes(value)
        if len(raw) > LONGEST_VALUE:
            raise Lie("length")
        return raw

    def _number(self, session: PyKCS11.Session, handle: Any, attribute: int) -> int:
        return int.from_bytes(self._value(session, handle, attribute), sys.byteorder)

    def standing(self, slot: int) -> int | None:
        """The flags of the token after a refused log-in; ``None`` where they cannot be had any more."""
        try:
            return int(self.lib.getTokenInfo(slot).flags)
        except PyKCS11.PyKCS11Error:
            return None

    def log_in(self, session: PyKCS11.Session, pin: bytes | None, user: int) -> None:
        self.step("log-in")
        session.login(pin, user)

    def sign(
        self, session: PyKCS11.Session, key_id: bytes, message: bytes, pin: bytes | None
    ) -> dict[str, str]:
        """One signature with the key of that id, by whichever mechanism the card has."""
        self.step("sign")
        keys = self._objects(
            session, [(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_ID, key_id)]
        )
        if not keys:
            return {"missing": "key"}
        kind = self._number(session, keys[0], PyKCS11.CKA_KEY_TYPE)
        slot = session.getSessionInfo().slotID
        chosen = _mechanism(kind, set(self.lib.getMechanismList(slot)), message)
        if chosen is None:
            return {"missing": "mechanism"}
        name, mechanism, data = chosen
        always = any(self._value(session, keys[0], PyKCS11.CKA_ALWAYS_AUTHENTICATE))
        native = PyKCS11.Mechanism(mechanism, None).to_native()
        _checked(session.lib.C_SignInit(session.session, native, keys[0]))
        if always:
            session.login(pin, PyKCS11.CKU_CONTEXT_SPECIFIC)
        signature = PyKCS11.ckbytelist()
        # The first call asks for the length, the second for the signature.
        _checked(session.lib.C_Sign(session.session, PyKCS11.ckbytelist(data), signature))
        if len(signature) > LONGEST_VALUE:
            raise Lie("length")
        _checked(session.lib.C_Sign(session.session, PyKCS11.ckbytelist(data), signature))
        return {"mechanism": name, "signature": bytes(signature).hex()}


def _mechanism(kind: int, offered: set[str], message: bytes) -> tuple[str, int, bytes] | None:
    """Name, PKCS#11 mechanism and the bytes to hand over. The bare ones come first: every card that signs has them."""
    digest = hashlib.sha256(message).digest()
    ways = {
        PyKCS11.CKK_RSA: (
            ("RSA-PKCS1-SHA256", "CKM_RSA_PKCS", SHA256_DIGEST_INFO + digest),
            ("RSA-PKCS1-SHA256", "CKM_SHA256_RSA_PKCS", message),
        ),
        PyKCS11.CKK_EC: (
            ("ECDSA-SHA256", "CKM_ECDSA", digest),
            ("ECDSA-SHA256", "CKM_ECDSA_SHA256", message),
        ),
    }
    for name, mechanism, data in ways.get(kind, ()):
        if mechanism in offered:
            return name, getattr(PyKCS11, mechanism), data
    return None


def readers(card: Card) -> dict[str, Any]:
    """All slots and what lies in them."""
    return {"slots": [card.look(slot) for slot in card.slots()]}


def read(card: Card, wanted: dict[str, Any]) -> dict[str, Any]:
    """The certificates of the card that was meant."""
    opened = card.open(wanted)
    if isinstance(opened, dict):
        return opened
    return {"certificates": card.certificates(opened[1])}


def prove(card: Card, asked: dict[str, Any], pin: bytes | None) -> dict[str, Any]:
    """Everything from finding the card to the signature, with one log-in."""
    opened = card.open(asked["token"])
    if isinstance(opened, dict):
        return opened
    slot, session = opened
    there = card.certificates(session)
    held = [
        one for one in there if hashlib.sha256(bytes.fromhex(one["der"])).hexdigest() == asked["fingerprint"]
    ]
    if not held:
        # A card that shows nothing at all any more was pulled while it was read.
        return {"changed": bool(there)}
    # Asked again right before the PIN goes: what was true when the list was made need not be true now.
    reason = _reason_not_to(int(card.lib.getTokenInfo(slot).flags), pin, insist=asked["insist"])
    if reason is not None:
        return reason
    try:
        card.log_in(session, pin, PyKCS11.CKU_USER)
    except PyKCS11.PyKCS11Error as error:
        return {"refused": _name(error), "flags": card.standing(slot)}
    signed = card.sign(session, bytes.fromhex(held[0]["key_id"]), bytes.fromhex(asked["message"]), pin)
    return {"certificate": held[0]["der"], **signed}


def _reason_not_to(flags: int, pin: bytes | None, *, insist: bool) -> dict[str, Any] | None:
    """Why the PIN is not sent to a card that says this of itself."""
    if flags & PyKCS11.CKF_USER_PIN_LOCKED:
        return {"locked": True}
    if bool(flags & PyKCS11.CKF_PROTECTED_AUTHENTICATION_PATH) != (pin is None):
        return {"pin_pad": pin is not None}
    if flags & PyKCS11.CKF_USER_PIN_FINAL_TRY and not insist:
        return {"last_try": True}
    return None


def perform(
    asked: dict[str, Any], pin: bytes | None, tell: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """The operation that the parent asked for."""
    card = Card(asked["module"], tell)
    match asked["operation"]:
        case "readers":
            answer = readers(card)
        case "read":
            answer = read(card, asked["token"])
        case _:
            answer = prove(card, asked, pin)
    tell({"answer": answer})
    card.lib.unload()
    return answer


def main() -> None:
    """Read what is asked, do it, tell."""
    _close_to_others()
    told = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def tell(what: dict[str, Any]) -> None:
        told.write(json.dumps(what).encode() + b"\n")

    asked = json.loads(sys.stdin.buffer.readline())
    pin = _read_pin(sys.stdin.buffer, asked["pin_length"])
    try:
        perform(asked, pin, tell)
    except PyKCS11.PyKCS11Error as error:
        tell({"refused": _name(error)})
    except Lie as lie:
        tell({"lie": str(lie)})
    except (MemoryError, OverflowError, ValueError):
        tell({"lie": "length"})


def _initialize(module: str) -> None:
    """Begin without locks, which PyKCS11 would ask for, and which it then finds done: there is one thread here, and some card software
    (OpenSC 0.23) waits for its own lock for ever when a card is pulled at a bad moment."""
    try:
        library = ctypes.CDLL(module)
        functions = ctypes.POINTER(FunctionList)()
        _checked(library.C_GetFunctionList(ctypes.byref(functions)))
        _checked(functions.contents.C_Initialize(None))
    except (OSError, AttributeError, ValueError) as error:
        raise PyKCS11.PyKCS11Error(-1) from error


def _read_pin(stream: BinaryIO, length: int | None) -> bytes | None:
    return None if length is None else stream.read(length)


def _close_to_others() -> None:
    """No core dump, not even through a collecting service, no look into this process by another of the same person, and no life after
    the parent's."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _checked(result: int) -> None:
    if result != PyKCS11.CKR_OK:
        raise PyKCS11.PyKCS11Error(result)


def _name(error: PyKCS11.PyKCS11Error) -> str:
    """CKR_…, or the number where it has no name; of a module that cannot be loaded, ``load``."""
    if error.value < 0:
        return "load"
    return str(PyKCS11.CKR.get(error.value, f"0x{error.value:08X}"))


def _without_padding(value: bytes) -> bytes:
    """A certificate without what stands behind it: some cards keep it in a file of a fixed size. Whatever is no DER stays as it is."""
    if len(value) < 2 or value[0] != DER_SEQUENCE:
        return value
    inside, size = 2, value[1]
    if size >= LONG_FORM:
        inside += size - LONG_FORM
        size = int.from_bytes(value[2:inside], "big")
    return value[: inside + size] if size else value


def _text(padded: str) -> str:
    return "".join(sign for sign in padded if sign.isprintable()).strip()


if __name__ == "__main__":
    main()
