#!/usr/bin/env bash
# Decrypts the saved plans that seal.sh encrypted, if they are the ones that were approved.
#
# usage: unseal.sh FILE SHA256 OUT
#   SHA256   as the output of the plan job says
#   OUT      gets stacks.sha256, and for each stack a folder NAME with tfplan and change
# variables: GENAUTH_PLAN_KEY
set -euo pipefail
file=${1:?usage: unseal.sh FILE SHA256 OUT}
sha256=${2?usage: unseal.sh FILE SHA256 OUT}
out=${3:?usage: unseal.sh FILE SHA256 OUT}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check_sha256 "$file" "$sha256" "The saved plan"
mkdir -p "$out"
if ! openssl enc -d -aes-256-cbc -pbkdf2 -iter 100000 -pass env:GENAUTH_PLAN_KEY -in "$file" | tar -xf - -C "$out"; then
  fail "The saved plan could not be decrypted. The jobs that plan and apply need the same GENAUTH_PLAN_KEY. Nothing was applied."
fi
