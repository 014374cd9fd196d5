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

chown -R "$owner:$group" "$desk"
chmod -R g-w,o-rwx "$desk"
# Reading: the folder itself, settings, reference data, screens, reports, lists of revoked certificates.
chmod 0750 "$desk"
chmod 0640 "$desk/ebidadmin.toml"
mkdir -p "$desk/var/crls"
chmod 0750 "$desk/var" "$desk/var/crls"
chmod -R g+rX "$desk/data" "$desk/notebooks" "$desk/reports" "$desk/var/crls"
# Writing, whoever made it: a folder passes its group on.
shared() {
  mkdir -p "$desk/$1"
  chown -R "$2:$3" "$desk/$1"
  chmod -R u+rwX,g+rwX "$desk/$1"
  find "$desk/$1" -type d -exec chmod g+s {} +
}
shared inbox "$owner" "$group"
shared report-outputs "$owner" "$readers"
mkdir -p "$desk/mail"
chown -R "$jobs:$group" "$desk/mail"
chmod -R u+rwX,g-rwx "$desk/mail"
# Nobody of the staff: what signs, what is kept, what was wrong.
for name in audit-key.pem simulated simulated-cards.json var/backups var/log var/jupyter var/erasing; do
  if [ -e "$desk/$name" ]; then
    chmod -R g-rwx "$desk/$name"
  fi
done
