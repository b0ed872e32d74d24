#!/usr/bin/env bash
# Applies the saved plans of unpacked stacks, and nothing else.
#
# usage: apply.sh STACKS_DIR OUT [without-deletions]
#   Run it at the top of a fresh checkout. STACKS_DIR is that of unpack.sh, OUT that of unseal.sh.
#   without-deletions   refuse a plan that needs an approval
# Exits with 1 if a stack could not be applied as planned; the others are applied nevertheless.
# variables: those of lib.sh
set -euo pipefail
dir=${1:?usage: apply.sh STACKS_DIR OUT [without-deletions]}
out=${2:?usage: apply.sh STACKS_DIR OUT [without-deletions]}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks
export_protected_users
out=$(cd "$out" && pwd)

for name in "${names[@]}"; do
  change=$(<"$out/$name/change")
  if [[ ${3:-} == without-deletions && $change == approval ]]; then
    fail "The plan of $name needs an approval, and this job applies only plans that need none. Nothing was applied."
  fi
done
"$here/init.sh" "$dir"
failed=0
for index in "${!names[@]}"; do
  name=${names[index]}
  if [[ $(<"$out/$name/change") == nothing ]]; then continue; fi
  if ! (cd "$dir/${folders[index]}" && "$TERRAFORM" apply -input=false -lock-timeout=30m -no-color "$out/$name/tfplan" 2>&1 | without_commands); then
    echo "$name was not applied as planned. If the plan is stale, the state has changed since it was made: run the whole pipeline again, which plans and asks anew." >&2
    failed=1
  fi
done
exit "$failed"
