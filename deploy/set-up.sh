#!/bin/sh
# Sets ebidadmin up for the staff of one office on this machine: JupyterHub, PostgreSQL, schedule, mail, nightly backup. Root runs it, from a
# working copy; a second run finds everything done. It asks nothing and changes no settings of the server's: what is missing it names.
#
# Needs Debian 12 or alike with Python 3.11 or newer (with venv), Node.js 20 or newer with npm, and a running PostgreSQL 15 or newer whose
# pg_hba.conf has, before other rules for it:   local   ebidadmin   all   peer
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
prefix=${EBIDADMIN_PREFIX:-/opt/ebidadmin}
desk=${EBIDADMIN_OFFICE:-/srv/ebidadmin/desk}
state=${EBIDADMIN_HUB_STATE:-/var/lib/ebidadmin-hub}
units=${EBIDADMIN_UNITS:-/etc/systemd/system}
etc=${EBIDADMIN_ETC:-/etc/ebidadmin}
group=${EBIDADMIN_STAFF_GROUP:-ebidadmin}
readers=${EBIDADMIN_READERS_GROUP:-ebidadmin-readers}
owner=${EBIDADMIN_OWNER:-ebidadmin}
jobs=${EBIDADMIN_JOBS:-ebidadmin-jobs}
database=${EBIDADMIN_DATABASE:-ebidadmin}
url=${EBIDADMIN_URL:-postgresql+psycopg:///$database}
psql=${EBIDADMIN_PSQL:-runuser -u postgres -- psql}

say() { echo "[set-up] $*"; }
stop() { echo "[set-up] Stopped: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "this makes accounts and services; run it as root."
for program in python3 npm node runuser useradd; do
  command -v "$program" >/dev/null || stop "$program is missing."
done

# --- Accounts: one that owns files and database and at which nobody works, one for schedule and mail, a group for all, and one for those
# whose roles let them read personal data -------------------------------------------------------------------------------------------------
for name in "$group" "$readers"; do
  getent group "$name" >/dev/null || groupadd --system "$name"
done
for account in "$owner" "$jobs"; do
  id "$account" >/dev/null 2>&1 ||
    useradd --system --gid "$group" --create-home --home-dir "/var/lib/$account" --shell /usr/sbin/nologin "$account"
done
usermod --append --groups "$group,$readers" "$jobs"

# --- The program, in exactly the locked versions, and the hub's proxy ------------------------------------------------------------------
if [ ! -x "$prefix/bin/ebidadmin" ]; then
  say "Installing the program into $prefix …"
  python3 -m venv "$prefix"
  "$prefix/bin/pip" install --quiet --no-input --require-hashes -r "$source/requirements/hub.txt"
  "$prefix/bin/pip" install --quiet --no-input --no-deps --no-build-isolation "$source"
fi
if [ ! -x "$prefix/proxy/node_modules/.bin/configurable-http-proxy" ]; then
  say "Installing the proxy of JupyterHub …"
  mkdir -p "$prefix/proxy"
  cp "$source/deploy/proxy/package.json" "$source/deploy/proxy/package-lock.json" "$prefix/proxy/"
  npm ci --prefix "$prefix/proxy" --silent --ignore-scripts --no-audit --no-fund
fi

# --- The database: its owner makes log-ins, and owns all tables ------------------------------------------------------------------------
if [ "$($psql -d postgres -Atc "SELECT 1 FROM pg_roles WHERE rolname = '$owner'")" != 1 ]; then
  $psql -d postgres -qc "CREATE ROLE \"$owner\" LOGIN CREATEROLE"
fi
if [ "$($psql -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$database'")" != 1 ]; then
  say "Making the database $database …"
  $psql -d postgres -qc "CREATE DATABASE \"$database\" OWNER \"$owner\" ENCODING 'UTF8' TEMPLATE template0"
fi

# --- The office's desk folder ----------------------------------------------------------------------------------------------------------
as_owner() { runuser -u "$owner" -- "$@"; }
if [ ! -f "$desk/ebidadmin.toml" ]; then
  say "Making the office's folder $desk …"
  # What the owner makes there appears whole or not at all, by way of a folder beside it.
  [ -d "$(dirname "$desk")" ] || install -d -o "$owner" -g "$group" -m 0750 "$(dirname "$desk")"
  as_owner "$prefix/bin/ebidadmin" init "$desk"
  # The office is on the server: the file that every desk begins with has nothing in it yet.
  rm "$desk/ebidadmin.sqlite"
  sed -i -e "s|^url = \"sqlite:///ebidadmin.sqlite\"|url = \"$url\"|" -e 's|^send_at_once = true|send_at_once = false|' "$desk/ebidadmin.toml"
fi
if [ "$($psql -d "$database" -Atc "SELECT to_regclass('alembic_version') IS NULL")" = t ]; then
  as_owner "$prefix/bin/ebidadmin" db upgrade --no-backup --desk "$desk" ||
    stop "$owner cannot reach the database by its account: is there a line 'local $database all peer' in pg_hba.conf, before others? Then run this again."
fi
if ! as_owner "$prefix/bin/ebidadmin" staff list --json --desk "$desk" | grep -q "\"$jobs\""; then
  as_owner "$prefix/bin/ebidadmin" staff add "$jobs" --role administrator --desk "$desk"
fi
"$source/deploy/open-desk.sh" "$desk" "$owner" "$group" "$readers" "$jobs"

# --- The hub and the services ----------------------------------------------------------------------------------------------------------
install -d -m 0700 "$state"
install -d -m 0755 "$etc" "$etc/templates"
install -m 0644 "$source/deploy/jupyterhub_config.py" "$etc/"
install -m 0644 "$source"/deploy/templates/*.html "$etc/templates/"
if [ ! -f "$etc/hub.env" ]; then
  printf '%s\n' "EBIDADMIN_OFFICE=$desk" "EBIDADMIN_HUB_STATE=$state" "EBIDADMIN_STAFF_GROUP=$group" \
    "EBIDADMIN_HUB_URL=http://127.0.0.1:8000" >"$etc/hub.env"
fi
install -d "$units"
for unit in "$source"/deploy/systemd/*; do
  sed -e "s|@PREFIX@|$prefix|g" -e "s|@ETC@|$etc|g" -e "s|@OFFICE@|$desk|g" -e "s|@OWNER@|$owner|g" -e "s|@JOBS@|$jobs|g" "$unit" \
    >"$units/$(basename "$unit")"
done
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable --now ebidadmin-hub.service ebidadmin-schedule.service ebidadmin-mail.timer ebidadmin-notices.timer ebidadmin-backup.timer
fi
say "Done. Add people with deploy/add-person.sh LOGIN NAME ROLE…"
