#!/usr/bin/env bash
# Unpacks the stacks that synth.sh packed into a new folder, if they are the ones that its job handed over.
#
# usage: unpack.sh TAR SHA256 STACKS_DIR
#   SHA256       as the output of the synth job says
#   STACKS_DIR   gets the stacks, each in its folder of STACKS
# variables: those of lib.sh
set -euo pipefail
tar=${1:?usage: unpack.sh TAR SHA256 STACKS_DIR}
sha256=${2?usage: unpack.sh TAR SHA256 STACKS_DIR}
dir=${3:?usage: unpack.sh TAR SHA256 STACKS_DIR}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

check_sha256 "$tar" "$sha256" "The tar of the stacks"
# A link could lead out of the folder.
if other=$(tar -tvf "$tar" | grep -m 1 '^[^-d]'); then
  fail "The stacks must consist of files and folders, but their tar also holds: $other. Replace a link by the file that it names."
fi
mkdir "$dir"
tar -xf "$tar" --no-same-owner -C "$dir"
for index in "${!names[@]}"; do
  if [[ ! -d $dir/${folders[index]} ]]; then
    fail "Synth wrote no folder ${folders[index]}, which STACKS names for ${names[index]}."
  fi
done
