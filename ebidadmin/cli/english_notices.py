"""What commands say beside their answers, and how they were misused, in English."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {
    "dry-run": "dry run: nothing was changed",
    "stopped": "stopped.",
    "mails-left": "{count} mail(s) could not be sent now; see: ebidadmin mail list",
    "nothing-refused": "no refused rows: nothing to send back",
    "intake-stopped": "stopped: {count} row(s) came in now and stay; take the same file in again, which completes it",
    "intake-rehearsal-stopped": "stopped: the rest of the file was not looked at; try it again",
    "refused-written": "{rows} refused row(s) in {path}: send it back, and take it in again once it is repaired",
    "accept-form": "--accept wants CODE=WORD, not {given}",
    "accept-unseen": '--accept wants --seen too: the "seen" of "application show" whose warnings you accept',
    "proof-wrong": "the proof {file} does not hold: {reason}",
    "letter-to-terminal": "the letter is a PDF: pipe it to a printer, e.g. | lp",
}
