#!/usr/bin/env bash
# Initializes and plans the unpacked stacks, with a key that can only read.
#
# usage: plan.sh STACKS_DIR OUT [due]
#   Run it at the top of a fresh checkout. For each stack, OUT gets a folder NAME with tfplan, its JSON as plan.json, and the
#   messages of the engine as messages.jsonl.
#   due   the plan may delete suspended users whose day has come. Otherwise they wait, so that no change of somebody else brings
#         their deletion along.
# variables:
#   those of lib.sh, and
#   PLAN_ARGS   further arguments of plan (default -lock=false, for a credential that can only read the state)
set -euo pipefail
dir=${1:?usage: plan.sh STACKS_DIR OUT [due]}
out=${2:?usage: plan.sh STACKS_DIR OUT [due]}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks
export_protected_users
if [[ ${3:-} != due ]]; then export GENAUTH_DUE_DELETIONS=hold; fi

"$here/init.sh" "$dir"
mkdir -p "$out"
out=$(cd "$out" && pwd)
for index in "${!names[@]}"; do
  files=$out/${names[index]}
  rm -rf "$files"
  mkdir "$files"
  cd "$dir/${folders[index]}"
  code=0
  # shellcheck disable=SC2086 # several arguments in one variable
  "$TERRAFORM" plan -input=false -json -out="$files/tfplan" ${PLAN_ARGS--lock=false} >"$files/messages.jsonl" || code=$?
  # A plan that a guard refused is written nevertheless, and the report shows it. If there is no plan, the messages say why.
  if [[ ! -s $files/tfplan ]]; then
    without_commands <"$files/messages.jsonl" >&2
    fail "${names[index]} could not be planned (exit code $code). The messages above say why."
  fi
  "$TERRAFORM" show -json "$files/tfplan" >"$files/plan.json"
  cd - >/dev/null
done
