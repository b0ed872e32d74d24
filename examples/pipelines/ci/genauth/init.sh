#!/usr/bin/env bash
# Initializes the unpacked stacks with the providers in their committed lock files, and with no others.
#
# usage: init.sh STACKS_DIR
#   Run it at the top of a fresh checkout, from which the lock files are taken.
# variables: those of settings.sh
set -euo pipefail
dir=${1:?usage: init.sh STACKS_DIR}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

# Init needs no key of GenAuth, and connects to the backend that the configuration names.
unset GENAUTH_ACCESS_KEY_ID GENAUTH_ACCESS_KEY_SECRET GENAUTH_PLAN_KEY

for index in "${!names[@]}"; do
  lock=${locks[index]}
  if [[ ! -f $lock ]]; then
    fail "There is no $lock, so nothing says which providers may run here. Run ci/genauth/lock.sh, and commit $lock."
  fi
  cp "$lock" "$dir/${folders[index]}/.terraform.lock.hcl"
  # shellcheck disable=SC2086 # several arguments in one variable
  if ! (cd "$dir/${folders[index]}" && "$TERRAFORM" init -input=false -no-color -lockfile=readonly $INIT_ARGS 2>&1 | without_commands >&2); then
    fail "
If the reason above is the version or the checksum of a provider, it is not the one that $lock names:
- after an upgrade of cdktf-genauth or of another provider, run ci/genauth/lock.sh, and commit $lock;
- without an upgrade, do not: first find out where the files of the provider come from."
  fi
done
