"""What the commands of backups say beside their answers, in English."""

from __future__ import annotations

from collections.abc import Mapping

BACKUP_NOTICES: Mapping[str, str] = {
    "backup-made": "{rows} rows and {files} files in {file}",
    "backup-would": "would be written to {file}",
    "backup-left-out": "not in the backup: {what}",
    "backup-key-apart": (
        "the key that signs the trail is not in it: keep a copy of {file} apart, or say --with-key"
    ),
    "backup-password-out": "the password in the address of the database is not in it: keep it apart",
    "restored": (
        "{folder}: {rows} rows and {files} files as of {moment}, the same as backed up; "
        "{checked} events read again"
    ),
    "restore-would": "would be restored to {folder}: {rows} rows and {files} files as of {moment}",
    "restore-key-missing": (
        "the backup is of a desk with a key that signs the trail: put it back as {file}, "
        "else heads are told as forged"
    ),
    "restore-beyond": (
        "by the anchors the trail had {beyond} events, now it has {size}: what came after "
        "the backup is lost; keep that file of anchors, and begin a new one"
    ),
    "restore-after": (
        "mails that were sent after the backup wait again, and suppliers that were erased "
        "since are there again: see docs/operations.md"
    ),
    "findings-told": "{count} finding(s) in trail or records: run ebidadmin audit verify",
    "moved": "{rows} rows moved, compared and verified; the office now uses the new database",
    "move-would": "{rows} rows could be copied, are the same and verified",
    "move-left": "the database of before is {file}: keep it as a backup for as long as backups are kept",
    "move-left-server": "the database of before still stands on its server: nobody may use it any more",
    "move-restart": "open all screens anew",
    "upgrade-backup": "a backup of before is in {file}",
    "upgrade-verified": "{checked} events read again, and all records: good",
}
