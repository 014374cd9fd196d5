#!/bin/sh
# Opens an office's desk folder to the staff, as far as they work with it: settings and reference data to read, the inbox to write, outputs of
# reports for those whose roles let them read personal data, mails for whoever sends them, and nothing of keys, databases and backups. To be
# run as root, again after each `ebidadmin db restore`. Changes no content.
set -eu
if [ "$#" -ne 5 ] || [ ! -f "$1/ebidadmin.toml" ]; then
  echo "Usage: open-desk.sh DESK OWNER GROUP READERS JOBS (DESK: a folder made by ebidadmin init)" >&2
  exit 2
fi
desk=$1 owner=$2 group=$3 readers=$4 jobs=$5

# What people write into is left alone where it was opened before: somebody may be writing there.
chown "$owner:$group" "$desk"
for entry in "$desk"/* "$desk"/.[!.]*; do
  case $(basename "$entry") in
    mail | inbox | report-outputs | '*' | '.[!.]*') ;;
    *)
      chown -R "$owner:$group" "$entry"
      chmod -R g-w,o-rwx "$entry"
      ;;
  esac
done
# Reading: the folder itself, settings, reference data, screens, reports, lists of revoked certificates.
chmod 0750 "$desk"
chmod 0640 "$desk/ebidadmin.toml"
mkdir -p "$desk/var/crls"
chown "$owner:$group" "$desk/var" "$desk/var/crls"
chmod 0750 "$desk/var" "$desk/var/crls"
chmod -R g+rX "$desk/data" "$desk/notebooks" "$desk/reports" "$desk/var/crls"
# Writing, whoever made it: a folder passes its group on.
shared() {
  mkdir -p "$desk/$1"
  if [ "$(stat -c '%G %a' "$desk/$1")" != "$3 2770" ]; then
    chown -R "$2:$3" "$desk/$1"
    chmod -R u+rwX,g+rwX,o-rwx "$desk/$1"
    find "$desk/$1" -type d -exec chmod g+s {} +
    chmod 2770 "$desk/$1"
  fi
}
shared inbox "$owner" "$group"
shared report-outputs "$owner" "$readers"
mkdir -p "$desk/mail"
if [ "$(stat -c '%U %a' "$desk/mail")" != "$jobs 700" ]; then
  chown -R "$jobs:$group" "$desk/mail"
  chmod -R u+rwX,g-rwx,o-rwx "$desk/mail"
  chmod 0700 "$desk/mail"
fi
# Nobody of the staff: what signs, what is kept, what was wrong.
for name in audit-key.pem simulated simulated-cards.json var/backups var/log var/jupyter var/erasing; do
  if [ -e "$desk/$name" ]; then
    chmod -R g-rwx "$desk/$name"
  fi
done
