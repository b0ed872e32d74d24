#!/usr/bin/env bash
# Writes the lock file with which init.sh compares the providers. A person runs this at the start and after each upgrade of a
# provider, and commits the file. Pipelines do not run it.
#
# usage: lock.sh [ARGUMENT…]
#   ARGUMENT…  further arguments of init, such as -upgrade for newer versions within a range
# variables: STACK_DIR, SYNTH and TERRAFORM, as for init.sh
set -euo pipefail
stack=${STACK_DIR:-cdktf.out/stacks/staff}
lock=$(basename "$stack").lock.hcl

mkdir -p "$stack"
# Locked providers stay locked, except the one that synth installs and those that are requested in another version.
if [[ -f $lock ]]; then cp "$lock" "$stack/.terraform.lock.hcl"; fi
${SYNTH:-npx cdktf synth} >&2
# Without a backend: providers do not need it, and the person who runs this may have no key for it.
(cd "$stack" && "${TERRAFORM:-terraform}" init -input=false -no-color -backend=false "$@" >&2)
cp "$stack/.terraform.lock.hcl" "$lock"
echo "Commit $lock." >&2
