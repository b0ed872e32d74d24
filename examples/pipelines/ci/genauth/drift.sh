#!/usr/bin/env bash
# Compares the state with the user pool.
#
# usage: drift.sh FOLDER [ARGUMENT…]
#   FOLDER gets drift.md
#   ARGUMENT…  further arguments of drift, such as --undeclared or --redact
# Exit codes are those of `genauth-users drift`: 0 no drift, 2 drift, 1 failed.
# variables: TERRAFORM, STACK_DIR, as for init.sh; the stack's folder must be initialized
set -euo pipefail
folder=${1:?usage: drift.sh FOLDER [ARGUMENT…]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
(cd "${STACK_DIR:-cdktf.out/stacks/staff}" && "${TERRAFORM:-terraform}" show -json) >"$folder/state.json"
# The command that is installed beside the scripts, not one from the checkout.
cd "$here"
npx --no-install genauth-users drift --state "$folder/state.json" "$@" >"$folder/drift.md"
