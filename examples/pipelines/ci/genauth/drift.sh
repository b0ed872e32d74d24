#!/usr/bin/env bash
# Compares the states with the user pool.
#
# usage: drift.sh STACKS_DIR OUT [nightly] [ARGUMENT…]
#   STACKS_DIR must be initialized. For each stack, OUT gets a folder NAME with drift.md, .txt, .html and .json; OUT itself gets drift.md,
#   the reports of all stacks.
#   nightly    with DRIFT_ARGS of settings.sh
#   ARGUMENT…  further arguments of drift, such as --redact
# Exit codes are those of `genauth-users drift`: 0 no drift, 2 drift, 1 failed.
# variables: those of lib.sh
set -euo pipefail
dir=${1:?usage: drift.sh STACKS_DIR OUT [nightly] [ARGUMENT…]}
out=${2:?usage: drift.sh STACKS_DIR OUT [nightly] [ARGUMENT…]}
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks
if [[ ${1:-} == nightly ]]; then
  shift
  # shellcheck disable=SC2086 # several arguments in one variable
  set -- $DRIFT_ARGS "$@"
fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
worst=0
: >"$out/drift.md"
for index in "${!names[@]}"; do
  files=$out/${names[index]}
  mkdir -p "$files"
  (cd "$dir/${folders[index]}" && "$TERRAFORM" show -json) >"$files/state.json"
  code=0
  # The command that is installed beside the scripts.
  (cd "$here" && npx --no-install genauth-users drift --state "$files/state.json" --stack "${names[index]}" --save "$files" "$@") \
    >>"$out/drift.md" || code=$?
  if ((code == 1)); then exit 1; fi
  if ((code > worst)); then worst=$code; fi
  for format in md txt html json; do mv "$files/report.$format" "$files/drift.$format"; done
  rm "$files/state.json"
done
exit "$worst"
