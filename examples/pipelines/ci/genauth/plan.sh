#!/usr/bin/env bash
# Synthesizes and plans what is checked out.
#
# usage: plan.sh FOLDER
#   FOLDER gets tfplan, its JSON as plan.json, and the messages of the engine as messages.jsonl
# variables:
#   those of init.sh, and
#   PLAN_ARGS   further arguments of plan, such as -lock=false for a key that may only read the state
set -euo pipefail
folder=${1:?usage: plan.sh FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
terraform=${TERRAFORM:-terraform}

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
"$here/init.sh"
cd "${STACK_DIR:-cdktf.out/stacks/staff}"

code=0
# shellcheck disable=SC2086 # several arguments in one variable
"$terraform" plan -input=false -lock-timeout=10m -json -out="$folder/tfplan" ${PLAN_ARGS:-} >"$folder/messages.jsonl" || code=$?
# A plan that a guard refused is written nevertheless, and the report shows it. If there is no plan, the messages say why.
if [[ ! -s $folder/tfplan ]]; then
  cat "$folder/messages.jsonl" >&2
  exit "$code"
fi
"$terraform" show -json "$folder/tfplan" >"$folder/plan.json"
