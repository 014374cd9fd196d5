#!/bin/sh
# Lets a person who has an account of this machine work in the office: the hub lets them in, the database knows their roles.
set -eu
prefix=${EBIDADMIN_PREFIX:-/opt/ebidadmin}
desk=${EBIDADMIN_OFFICE:-/srv/ebidadmin/desk}
group=${EBIDADMIN_STAFF_GROUP:-ebidadmin}
readers=${EBIDADMIN_READERS_GROUP:-ebidadmin-readers}
owner=${EBIDADMIN_OWNER:-ebidadmin}
if [ "$#" -lt 3 ] || ! id "$1" >/dev/null 2>&1; then
  echo "Usage: add-person.sh LOGIN NAME ROLE… (LOGIN: an account of this machine, made before, by adduser or the city's directory)" >&2
  exit 2
fi
login=$1 name=$2
shift 2
roles="" groups=$group
for role in "$@"; do
  roles="$roles --role $role"
  case $role in
    help-desk | importer) ;;
    *) groups=$group,$readers ;;
  esac
done
# shellcheck disable=SC2086 # a word each
runuser -u "$owner" -- "$prefix/bin/ebidadmin" staff add "$login" --name "$name" $roles --desk "$desk"
usermod --append --groups "$groups" "$login"
