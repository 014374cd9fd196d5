"""What the return codes of card software mean for the person in front of the reader."""

from __future__ import annotations

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import PinStanding

CKF_PROTECTED_AUTHENTICATION_PATH = 0x0000_0100
CKF_TOKEN_INITIALIZED = 0x0000_0400
CKF_USER_PIN_COUNT_LOW = 0x0001_0000
CKF_USER_PIN_FINAL_TRY = 0x0002_0000
CKF_USER_PIN_LOCKED = 0x0004_0000

WRONG_PIN = "CKR_PIN_INCORRECT"

OF_THE_PIN = {
    "CKR_PIN_LOCKED": "card-pin-locked",
    "CKR_PIN_LEN_RANGE": "card-pin-form",
    "CKR_PIN_INVALID": "card-pin-form",
    "CKR_PIN_TOO_WEAK": "card-pin-form",
    "CKR_PIN_EXPIRED": "card-pin-unusable",
    "CKR_USER_PIN_NOT_INITIALIZED": "card-pin-unusable",
    "CKR_FUNCTION_CANCELED": "card-pin-cancelled",
    "CKR_FUNCTION_REJECTED": "card-pin-cancelled",
    # Somebody is logged in: it says nothing about this PIN, not even that it is the right one.
    "CKR_USER_ALREADY_LOGGED_IN": "card-in-use",
    "CKR_USER_ANOTHER_ALREADY_LOGGED_IN": "card-in-use",
    "CKR_USER_TOO_MANY_TYPES": "card-in-use",
}

GONE = {
    "CKR_DEVICE_REMOVED",
    "CKR_TOKEN_NOT_PRESENT",
    "CKR_SESSION_HANDLE_INVALID",
    "CKR_SESSION_CLOSED",
    "CKR_SLOT_ID_INVALID",
}

GONE_WHILE_THERE = {
    "CKR_GENERAL_ERROR",
    "CKR_FUNCTION_FAILED",
    "CKR_DEVICE_ERROR",
    "CKR_OBJECT_HANDLE_INVALID",
    "CKR_KEY_HANDLE_INVALID",
    "CKR_USER_NOT_LOGGED_IN",
    "CKR_OPERATION_NOT_INITIALIZED",
}
"""Codes of everything and nothing, which modules give for a pulled card; before there was a card they mean the module itself."""

OTHERWISE = {
    "CKR_TOKEN_NOT_RECOGNIZED": "card-unreadable",
    "CKR_SESSION_COUNT": "card-busy",
    "CKR_SESSION_EXCLUSIVE_EXISTS": "card-busy",
    "CKR_OPERATION_ACTIVE": "card-busy",
}


def refusal(name: str, step: str, *, card_was_there: bool) -> CardError:
    """The error for a code of PKCS#11 (``CKR_…``, a number, or ``load``) at a step, other than a wrong PIN."""
    code = OF_THE_PIN.get(name) if step in {"log-in", "sign"} else None
    if code is None:
        code = OTHERWISE.get(name)
    if code is None and (name in GONE or (card_was_there and name in GONE_WHILE_THERE)):
        code = "card-removed"
    if code is None:
        return CardError("card-module-failed", step=step, reason=name)
    return CardError(code, step=step)


def wrong_pin(flags: int | None) -> CardError:
    """The error for a PIN that the card has refused, by what the card says of itself afterwards."""
    standing = PinStanding.UNKNOWN if flags is None else pin_standing(flags)
    codes = {PinStanding.LOCKED: "card-pin-locked", PinStanding.LAST_TRY: "card-pin-wrong-last-try"}
    return CardError(codes.get(standing, "card-pin-wrong"), step="log-in", standing=standing.value)


def pin_standing(flags: int) -> PinStanding:
    """What the flags of a token say about its PIN."""
    for flag, standing in (
        (CKF_USER_PIN_LOCKED, PinStanding.LOCKED),
        (CKF_USER_PIN_FINAL_TRY, PinStanding.LAST_TRY),
        (CKF_USER_PIN_COUNT_LOW, PinStanding.LOW),
    ):
        if flags & flag:
            return standing
    return PinStanding.UNKNOWN
