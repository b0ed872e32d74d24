#!/usr/bin/env bash
# Writes the lock file that init.sh holds the providers to. Somebody runs it at the start and after each upgrade of a
# provider, and commits the file; a pipeline does not.
#
# usage: lock.sh [ARGUMENT…]
#   ARGUMENT…  more arguments of init, such as -upgrade for newer versions within a range
# variables: STACK_DIR, SYNTH and TERRAFORM, as for init.sh
set -euo pipefail
stack=${STACK_DIR:-cdktf.out/stacks/staff}
lock=$(basename "$stack").lock.hcl

mkdir -p "$stack"
# What is locked stays so, but for what synth lays and what is asked for in another version.
if [[ -f $lock ]]; then cp "$lock" "$stack/.terraform.lock.hcl"; fi
${SYNTH:-npx cdktf synth} >&2
# No backend: providers need none, and whoever runs this may have no key for it.
(cd "$stack" && "${TERRAFORM:-terraform}" init -input=false -no-color -backend=false "$@" >&2)
cp "$stack/.terraform.lock.hcl" "$lock"
echo "Commit $lock." >&2
