#!/bin/sh
# Sets up Debian trixie with PyTorch 2.6 (python3-torch, CPU) in a folder, to compare with, and prints the --python option to use:
#   sh bench/setup-pytorch.sh /srv/torch
# Needs Debian or a relative with debootstrap, root, and about 3 GB. Packages come from the mirror that this system already uses;
# nothing outside the folder is changed. `rm -rf` of the folder, after `umount FOLDER/proc`, removes it.
set -eu

fail() {
  echo "setup-pytorch: $1" >&2
  exit 1
}

[ $# -eq 1 ] || fail 'expected the folder to set up in, e.g. sh bench/setup-pytorch.sh /srv/torch'
case $1 in
  /*) folder=$1 ;;
  *) folder=$PWD/$1 ;;
esac
case $folder in *' '*) fail "expected a folder without blanks, got \"$folder\"" ;; esac
[ "$(id -u)" -eq 0 ] || fail 'expected to run as root, which chroot needs; use sudo, or install python3 with torch your own way and name it in --python'
[ -x /usr/sbin/debootstrap ] || fail 'expected debootstrap on a Debian system, found none; apt-get install debootstrap, or name a Python with torch in --python'
[ ! -e "$folder" ] || [ -z "$(ls -A "$folder")" ] || fail "expected a new or empty folder, got $folder with something in it"

# The mirror that apt uses here, in the new or the old format of its sources; without one, debootstrap's own default.
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)

log=$folder.log
trap 'echo "setup-pytorch: expected the packages to install, got an error; the last lines of $log:" >&2; tail -n 5 "$log" >&2' EXIT
echo "Installing Debian trixie into $folder (a few minutes; log: $log) …" >&2
/usr/sbin/debootstrap --variant=minbase trixie "$folder" $mirror >"$log" 2>&1
# What apt was told about the way to the mirror (proxy, authentication, certificates) holds inside too.
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
  case ${file##*/} in *[Pp]roxy*|*[Aa]uth*|apt.conf) [ ! -f "$file" ] || cp "$file" "$folder/etc/apt/apt.conf.d/" ;; esac
done
cp -L /etc/resolv.conf "$folder/etc/resolv.conf" 2>/dev/null || true
mount -t proc proc "$folder/proc"
echo 'Installing python3-torch …' >&2
chroot "$folder" sh -c 'export DEBIAN_FRONTEND=noninteractive
  apt-get update -q && apt-get install -q -y --no-install-recommends python3-torch python3-numpy libopenblas0-pthread' >>"$log" 2>&1
version=$(chroot "$folder" python3 -c 'import torch; print(torch.__version__)' 2>>"$log")
trap - EXIT
echo "PyTorch $version is ready:" >&2
echo "npm run bench -- --python \"chroot $folder python3\""
