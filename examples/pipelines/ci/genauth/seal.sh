#!/usr/bin/env bash
# Encrypts the saved plans for the job that applies them. They name people, and everybody who can read the repository can
# download an artifact.
#
# usage: seal.sh OUT STACKS_SHA256 FILE
#   OUT is that of report.sh, STACKS_SHA256 that of the tar from which the plans were made. FILE gets both, encrypted. Prints the
#   SHA-256 of FILE, to be handed over as an output of the job.
# variables: those of lib.sh; GENAUTH_PLAN_KEY, at least 32 characters, such as the output of openssl rand -hex 32
set -euo pipefail
out=${1:?usage: seal.sh OUT STACKS_SHA256 FILE}
stacks_sha256=${2:?usage: seal.sh OUT STACKS_SHA256 FILE}
file=${3:?usage: seal.sh OUT STACKS_SHA256 FILE}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

if ((${#GENAUTH_PLAN_KEY} < 32)); then
  fail "GENAUTH_PLAN_KEY must have at least 32 characters, such as the output of openssl rand -hex 32. The jobs that plan and apply need the same one."
fi
printf '%s\n' "$stacks_sha256" >"$out/stacks.sha256"
parts=(stacks.sha256)
for name in "${names[@]}"; do parts+=("$name/tfplan" "$name/change"); done
tar -cf - -C "$out" -- "${parts[@]}" |
  openssl enc -aes-256-cbc -pbkdf2 -iter 100000 -salt -pass env:GENAUTH_PLAN_KEY -out "$file"
sha256_of "$file"
