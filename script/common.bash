# What the scripts of this directory share. To be sourced.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export root

# fail MESSAGE...: says what went wrong, a line an argument, and ends the script.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# apt_major: the PostgreSQL major version that this release of Debian has; nothing where apt does not know.
apt_major() {
  apt-cache depends postgresql 2>/dev/null | sed -n 's/^ *Depends: postgresql-\([0-9]\+\)$/\1/p' | head -n 1
}

# installed_major: the newest PostgreSQL that is here with its server and its headers; nothing where none is.
installed_major() {
  local dir newest=
  for dir in /usr/lib/postgresql/*; do
    if ! [ -x "$dir/bin/postgres" ] || ! [ -x "$dir/bin/pg_config" ]; then continue; fi
    dir=${dir##*/}
    [ "${newest:-0}" -ge "$dir" ] || newest=$dir
  done
  printf '%s' "$newest"
}

# config_major: the major version of PG_CONFIG, where the caller has set that.
config_major() {
  [ -n "${PG_CONFIG:-}" ] || return 0
  "$PG_CONFIG" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]\+\).*/\1/p'
}

# use_pg_config: makes PG_CONFIG name the PostgreSQL that everything is built for and runs on.
use_pg_config() {
  local major
  if [ -z "${PG_CONFIG:-}" ]; then
    major=$(apt_major)
    [ -x "/usr/lib/postgresql/$major/bin/pg_config" ] || major=$(installed_major)
    [ -n "$major" ] || fail "no PostgreSQL with its headers is installed" "run script/install-packages first"
    PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
  fi
  [ -n "$(config_major)" ] || fail "\"$PG_CONFIG\" is no pg_config (PG_CONFIG)"
  export PG_CONFIG
}
