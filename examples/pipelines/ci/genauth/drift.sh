#!/usr/bin/env bash
# Compares the states with the user pool.
#
# usage: drift.sh STACKS_DIR OUT [ARGUMENT…]
#   STACKS_DIR must be initialized. For each stack, OUT gets a folder NAME with drift.md and drift.json; OUT itself gets drift.md,
#   the reports of all stacks.
#   ARGUMENT…  further arguments of drift, such as --undeclared or --redact
# Exit codes are those of `genauth-users drift`: 0 no drift, 2 drift, 1 failed.
# variables: those of lib.sh
set -euo pipefail
dir=${1:?usage: drift.sh STACKS_DIR OUT [ARGUMENT…]}
out=${2:?usage: drift.sh STACKS_DIR OUT [ARGUMENT…]}
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks

mkdir -p "$out"
out=$(cd "$out" && pwd)
worst=0
: >"$out/drift.md"
for index in "${!names[@]}"; do
  files=$out/${names[index]}
  mkdir -p "$files"
  (cd "$dir/${folders[index]}" && "$TERRAFORM" show -json) >"$files/state.json"
  if ((${#names[@]} > 1)); then printf '# %s\n\n' "${names[index]}" >>"$out/drift.md"; fi
  for format in json=json markdown=md; do
    code=0
    # The command that is installed beside the scripts.
    (cd "$here" && npx --no-install genauth-users drift --state "$files/state.json" --format "${format%=*}" "$@") \
      >"$files/drift.${format#*=}" || code=$?
    if ((code == 1)); then exit 1; fi
    if ((code > worst)); then worst=$code; fi
  done
  cat "$files/drift.md" >>"$out/drift.md"
  rm "$files/state.json"
done
exit "$worst"
