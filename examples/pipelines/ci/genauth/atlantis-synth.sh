#!/usr/bin/env bash
# Synthesizes the checkout of an Atlantis server, and unpacks the stacks for its plan.
#
# usage: atlantis-synth.sh FOLDER
#   FOLDER gets the stacks in a folder stacks.
# variables: those of lib.sh
set -euo pipefail
folder=${1:?usage: atlantis-synth.sh FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

npm ci --ignore-scripts --no-audit --no-fund >&2
rm -rf "$folder"
"$here/synth.sh" "$folder"
"$here/unpack.sh" "$folder/stacks.tar" "$(<"$folder/stacks.sha256")" "$folder/stacks"
