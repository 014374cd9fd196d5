"""English sentences for the terminal of somebody whose locale is not Japanese: what happened, the facts, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.cli.english_problems import PROBLEM_SAID
from ebidadmin.errors import (
    CardError,
    ConcurrentEditError,
    ConfigurationError,
    DocumentError,
    DoorClosedError,
    EbidError,
    HeldByOtherError,
    IllegalTransitionError,
    InputError,
    MailError,
    MailServerError,
    NotEligibleError,
    NotFoundError,
    NotPermittedError,
    Problem,
    SchemaError,
    StalePlanError,
    StorageError,
)

SAID: Mapping[str, str] = {
    "batch-form": "This is an Excel workbook, no batch of applications",
    "batch-headings": "These are not the headings of a batch of applications; nothing was taken in",
    "card-pin-last-try": "Nothing was sent: the next wrong PIN may lock the card",
    "card-pin-locked": "The card is locked; only its issuer can open it",
    "card-several": "There are several cards: name one with --token",
    "view-name": "The view was not kept: its name will not do",
    "audit-state-kind": "Events of that kind do not carry whole records: look at the single events",
    "audit-state-erased": "What it was then was erased after its time of keeping",
    "audit-state-partial": "The trail has only a few values of it, from its creation",
    "views-full": "No more views can be kept: drop one first",
    "audit-anchors-unreadable": "This is no file of heads of a trail",
    "tsa-address-refused": "This is no address of a time-stamping authority",
    "tsa-answer-wrong": "No anchor was made: the time-stamping authority answered wrongly",
    "tsa-refused": "No anchor was made: the time-stamping authority refuses",
    "tsa-too-slow": "No anchor was made: the time-stamping authority does not answer in time",
    "tsa-trust-missing": "There are no certificates to check tokens by",
    "tsa-trust-unreadable": "The certificates of the time-stamping authority cannot be read",
    "tsa-unreachable": "No anchor was made: the time-stamping authority cannot be reached",
    "tsa-without-file": "A token is kept beside a file of anchors",
    "audit-empty": "The trail has no events yet",
    "audit-key-missing": "There is no key to sign with",
    "audit-tree-broken": "The hash tree of the trail is broken",
    "erasure-running": "Nothing was erased: something of it has not ended",
    "erasure-not-due": "Nothing was erased: its time of keeping is not over",
    "erasure-stale": "Nothing was erased: it is no longer what was shown",
    "erasure-unfinished": "An erasing of it was cut short",
    "erasure-file-stays": "Not finished: a file cannot be removed",
    "erasure-not-owner": "Not finished: the right to write a table anew is missing",
    "erasure-no-checkpoint": "Not finished: the right to a checkpoint (pg_checkpoint) is missing",
    "erasure-samples": "Not finished: samples of a table that is empty now can be dropped by a superuser only",
    "erasure-watched": "Not finished: a transaction of before the erasing is still open",
    "event-erased": "What the event said was erased after its time of keeping",
    "event-changed": "The event is not what it was when it was sealed",
    "auto-approval-off": "Automatic approval is off (setting review.auto_approve); nothing was approved",
    "already-decided": "It was decided already; nothing was done",
    "changed-meanwhile": "Somebody else changed it first",
    "concurrent-edit": "Somebody else changed it first",
    "text-unstorable": "The input has a sign that cannot be kept (such as a control character), or is too long; nothing was changed",
    "database-kind": "A database of this kind cannot be used",
    "desk-missing": "This is no desk folder",
    "desk-exists": "There is a desk already",
    "smtp-unreachable": "The mail server cannot be reached",
    "smtp-timeout": "The mail server does not answer in time",
    "smtp-service-refused": "The mail server serves nobody just now",
    "smtp-tls-missing": "Nothing was sent: the mail server does not offer the wished encryption (STARTTLS)",
    "smtp-tls-failed": "Nothing was sent: the connection to the mail server cannot be encrypted",
    "smtp-certificate-refused": "Nothing was sent: the mail server's certificate cannot be verified",
    "smtp-login-unencrypted": "A login never travels over a connection without encryption",
    "smtp-login-unsupported": "The mail server has no way to log in that is known here",
    "smtp-login-refused": "The mail server does not accept the login",
    "smtp-login-incomplete": "User name and password must both be in the environment, or neither",
    "smtp-login-unusable": "The login in the environment holds signs that no login can carry",
    "findings-changed": "What stands against it is no longer what you saw",
    "held-by-other": "Another person holds this case",
    "not-permitted": "Your roles do not include this",
    "not-eligible": "Findings stand against it",
    "day-unreadable": "This is no day of the form 2026-04-01",
    "not-found": "There is no such record",
    "illegal-transition": "Its life cycle has no such step",
    "scale-unconfirmed": "The import would change more than usual",
    "second-person-needed": "The import would change more than usual and needs another person",
    "undo-needs-second-person": "The undoing would change more than usual and needs another person",
    "second-person-waiting": "Another person has not confirmed it yet",
    "own-request": "Nobody confirms or declines a request of their own",
    "request-of-other": "Only whoever asked takes a request back",
    "request-open": "Somebody has asked for this already",
    "permit-needs-second-person": "Another person must confirm it; nothing was decided",
    "proposal-open": "Somebody has proposed something for this permit already",
    "proposal-not-needed": "This needs no second person",
    "proposal-stale": "The permit changed after the proposal; nothing was decided",
    "registration-file-form": "Such a file is not written here",
    "request-not-needed": "This needs no second person",
    "report-unknown": "There is no such report",
    "report-day-ahead": "That day has not come yet",
    "report-period-unknown": "The report has not run for that period, and there is no such import",
    "report-output-elsewhere": "The report was made on another computer, which has its files",
    "report-parameters": "The report was not run: its parameters will not do",
    "report-broken": "The notebook of the report cannot be used",
    "report-parts-missing": "What runs notebooks is not installed",
    "request-stale": "The register or the file changed after the request",
    "dispatch-corrected": "Another row stands against that one already",
    "document-number-taken": "The document number is taken; nothing was decided",
    "letter-changed": "The permit changed while its letter was made; no letter was made",
    "letter-without-name": "Nobody can be addressed: neither the register nor the request has a name",
    "letter-without-number": "It was decided before letters were numbered, or not at all",
    "warning-not-accepted": "A warning needs a word of acceptance",
}
"""What happened, by code; other codes are said in their own words."""

WHOLE: Mapping[str, str] = {"import-cancelled": "The import was stopped. Nothing was changed."}
"""What needs neither facts nor advice."""

ADVICE: tuple[tuple[type[EbidError], str], ...] = (
    (ConcurrentEditError, "look at it again and decide on what you see then; nothing of yours was done"),
    (HeldByOtherError, "wait until the lease ends, or take the case over with --take-over"),
    (DoorClosedError, "come back at the next opening, or rehearse"),
    (NotPermittedError, "ask somebody whose role it is"),
    (NotEligibleError, "look at the findings (application show) and clear them first"),
    (IllegalTransitionError, "look at its present state and choose a step that it has"),
    (StalePlanError, "look again, then do it again"),
    (NotFoundError, "check the number"),
    (SchemaError, "run: ebidadmin db upgrade (after a backup)"),
    (StorageError, "check that the disk has room, is writable, and that no other program holds the database"),
    (ConfigurationError, "correct it in ebidadmin.toml, or name the desk folder with --desk"),
    (
        CardError,
        "check the card and its reader (ebidadmin doctor), then do this step again; else ask whoever issued the card",
    ),
    (DocumentError, "correct the entry or install the font"),
    (
        MailServerError,
        "check [mail.smtp] in ebidadmin.toml, the login in the environment and the network; it is tried again",
    ),
    (MailError, "look at: ebidadmin mail list"),
    (InputError, "correct it and do it again"),
)
"""What to do, by kind of error; the first that fits."""


NEXT: Mapping[str, str] = {
    "audit-key-missing": "make one: ebidadmin audit key --make",
    "tsa-address-refused": "it begins with http:// or https:// and has no login in it",
    "tsa-answer-wrong": "check its address, and the certificates (--tsa-trust or setting audit.tsa_trust)",
    "tsa-refused": "check its address and your contract with it, or say --no-tsa",
    "tsa-too-slow": "do it again later, or say --no-tsa",
    "tsa-trust-missing": "name them with --tsa-trust or the setting audit.tsa_trust",
    "tsa-trust-unreadable": "name a file in PEM form",
    "tsa-unreachable": "check the network and the address, or say --no-tsa",
    "tsa-without-file": "name one with --to",
    "audit-tree-broken": "run: ebidadmin audit verify, and tell the administrator",
    "erasure-stale": "look at it again, and confirm with its new token",
    "erasure-unfinished": "run it again with --confirm, which ends it",
    "erasure-file-stays": "make it removable, and run the same command again",
    "erasure-not-owner": "run the same command again as the owner of the database",
    "erasure-no-checkpoint": "grant it, and run the same command again",
    "erasure-samples": "run the same command again as a superuser of the server",
    "erasure-watched": "when it has ended, run the same command again",
    "event-erased": "prove it without its values: --without-values",
    "event-changed": "run: ebidadmin audit verify, and tell the administrator",
    "batch-form": "save it as CSV or JSON Lines",
    "batch-headings": "correct the headings and do it again",
    "smtp-login-unencrypted": "set mail.smtp.security to starttls or tls, or take the login out of the environment",
    "smtp-login-incomplete": "set or remove that environment variable",
    "smtp-login-unusable": "set that environment variable to plain letters, digits and signs",
    "second-person-needed": "ask for one: ebidadmin qualification request FILE --layout NAME",
    "undo-needs-second-person": "ask for one: ebidadmin qualification request-undo",
    "second-person-waiting": "let another person run: ebidadmin qualification confirm NUMBER",
    "own-request": "let another person do it, or take it back (qualification withdraw, permit take-back)",
    "request-of-other": "decline it instead (qualification decline, permit decline)",
    "request-open": "look at: ebidadmin qualification requests",
    "permit-needs-second-person": "do the same again: it becomes a proposal",
    "proposal-open": "look at: ebidadmin permit proposals",
    "proposal-not-needed": "do it right away",
    "proposal-stale": "look at the permit again, then propose anew",
    "request-not-needed": "do it right away",
    "dispatch-corrected": "look at: ebidadmin permit dispatches, and correct the row that corrected it",
    "document-number-taken": "tell the administrator",
    "letter-without-name": "void the request and record it anew with --applicant",
    "letter-without-number": "look at the paper copy",
    "letter-field-unknown": "correct the template in that line",
    "letter-mark-unknown": "correct the template in that line",
    "letter-braces": "correct the template in that line",
    "letter-row": "write it with the full-width bar between the two parts",
    "letter-empty": "put the template back",
    "registration-file-form": "give it a name that ends with .csv or .jsonl",
    "office-file-changed": "look at what is there now, then do it again",
    "office-file-same": "it is in use already",
    "database-kind": "give it an address that begins with sqlite:// or postgresql://",
    "setting-database-kept": "put database.url back; a database is changed by hand",
    "reason-code-gone": "put the code back and retire it with active = false",
    "report-broken": "put it back, or correct its cell of parameters",
    "report-parts-missing": "install ebidadmin[reports]",
    "file-exists": "name another place, or say --overwrite",
}
"""What to do about a code of its own, before ``ADVICE``."""


def sentence(error: EbidError) -> str:
    """One sentence about the error itself."""
    if error.code in WHOLE:
        return WHOLE[error.code]
    advice = NEXT.get(error.code) or next((words for kind, words in ADVICE if isinstance(error, kind)), "")
    said = _said(SAID, error.code, error.facts)
    return f"{said}: {advice}." if advice else f"{said}."


def problem_sentence(problem: Problem) -> str:
    """One sentence about one thing that is wrong."""
    return f"{problem.where}: {_said(PROBLEM_SAID, problem.code, problem.facts)}."


def _said(words_of: Mapping[str, str], code: str, facts: Mapping[str, object]) -> str:
    words = words_of.get(code, code.replace("-", " ").capitalize())
    listed = ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
    return f"{words} ({listed})" if listed else words
