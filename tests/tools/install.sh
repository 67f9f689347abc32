#!/bin/sh
# Installs the named Debian packages: as root, or through sudo when there is one.
set -eu
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install these as root: $*" >&2; exit 1; }
  as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -q -o Acquire::Retries=3 update >/dev/null
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
  install --no-install-recommends "$@" </dev/null >/dev/null
