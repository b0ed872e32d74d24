#!/usr/bin/env bash
# Synthesizes what is checked out, and initializes the stack's folder with the providers in its committed lock file. Fails for
# other providers. For the stack in cdktf.out/stacks/staff, that file is staff.lock.hcl; lock.sh writes it.
#
# usage: init.sh
# variables:
#   STACK_DIR   the stack's folder after synth (default cdktf.out/stacks/staff)
#   SYNTH       the command that synthesizes (default npx cdktf synth)
#   TERRAFORM   terraform or tofu (default terraform)
#   INIT_ARGS   further arguments of init, such as -backend-config=…
set -euo pipefail
stack=${STACK_DIR:-cdktf.out/stacks/staff}
lock=$(basename "$stack").lock.hcl

if [[ ! -f $lock ]]; then
  echo "There is no $lock, so nothing says which providers may run here. Run ci/genauth/lock.sh, and commit $lock." >&2
  exit 1
fi
# Synth runs code of the checkout, which needs no key.
env -u GENAUTH_ACCESS_KEY_ID -u GENAUTH_ACCESS_KEY_SECRET ${SYNTH:-npx cdktf synth} >&2
# Synth has locked whatever provider it installed, so the committed file replaces that lock file.
cp "$lock" "$stack/.terraform.lock.hcl"
cd "$stack"
# shellcheck disable=SC2086 # several arguments in one variable
if ! "${TERRAFORM:-terraform}" init -input=false -no-color -lockfile=readonly ${INIT_ARGS:-} >&2; then
  cat >&2 <<WHY

If the reason above is the version or the checksum of a provider, it is not the one that $lock names:
- after an upgrade of cdktf-genauth or of another provider, run ci/genauth/lock.sh, and commit $lock;
- without an upgrade, do not: first find out where the files of the provider come from.
WHY
  exit 1
fi
