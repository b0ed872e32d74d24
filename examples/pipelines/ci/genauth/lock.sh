#!/usr/bin/env bash
# Writes the lock files with which init.sh compares the providers. A person runs this at the start and after each upgrade of a
# provider, and commits the files. Pipelines do not run it.
#
# usage: lock.sh [ARGUMENT…]
#   ARGUMENT…  further arguments of init, such as -upgrade for newer versions within a range
# variables: those of settings.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

for index in "${!names[@]}"; do
  mkdir -p "${folders[index]}"
  used=${folders[index]}/.terraform.lock.hcl
  # Locked providers stay locked, except the one that synth installs and those that are requested in another version.
  if [[ -f ${locks[index]} && ! ${locks[index]} -ef $used ]]; then cp "${locks[index]}" "$used"; fi
done
# shellcheck disable=SC2086 # a command with arguments in one variable
$SYNTH >&2
for index in "${!names[@]}"; do
  used=${folders[index]}/.terraform.lock.hcl
  # Without a backend: providers do not need it, and the person who runs this may have no key for it.
  (cd "${folders[index]}" && "$TERRAFORM" init -input=false -no-color -backend=false "$@" >&2)
  if [[ ! ${locks[index]} -ef $used ]]; then cp "$used" "${locks[index]}"; fi
  echo "Commit ${locks[index]}." >&2
done
