#!/usr/bin/env bash
# Refuses stacks whose plan or apply would run code that is no part of what was reviewed: other providers, external data,
# modules from elsewhere, provisioners. Refuses also expressions that read a file outside STACKS_DIR, such as one with the
# environment of the job. Run it before init.sh, which starts such code.
#
# usage: check.sh STACKS_DIR
#   Run it at the top of a fresh checkout. Its lock files say which executables of the provider are allowed.
# variables: those of settings.sh
set -euo pipefail
dir=${1:?usage: check.sh STACKS_DIR}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks

dir=$(cd "$dir" && pwd)
for index in "${!names[@]}"; do
  lock=()
  if [[ -f ${locks[index]} ]]; then lock=(--lock "$PWD/${locks[index]}"); fi
  # The command that is installed beside the scripts.
  # shellcheck disable=SC2086 # several arguments in one variable
  (cd "$here" && npx --no-install genauth-users check-stack "$dir/${folders[index]}" --root "$dir" ${lock[@]+"${lock[@]}"} $CHECK_ARGS 2>&1) | without_commands >&2
done
