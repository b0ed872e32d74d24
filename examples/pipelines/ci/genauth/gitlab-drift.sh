#!/usr/bin/env bash
# Fails if other people are in the drift than at the last time, so that GitLab tells the owner of the schedule once, and not
# every night.
#
# usage: gitlab-drift.sh OUT TOLD
#   OUT is that of drift.sh. TOLD is a file in the cache of the job, with the SHA-256 of the ids that were told last.
# variables: those of lib.sh
set -euo pipefail
out=${1:?usage: gitlab-drift.sh OUT TOLD}
told=${2:?usage: gitlab-drift.sh OUT TOLD}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

people=$(for name in "${names[@]}"; do
  # Users whom GenAuth did not answer for are no drift.
  jq -r --arg name "$name" '[(.missing[] | "missing \(.set) \(.id)"), (.survivors[] | "survivor \(.set) \(.id)"),
    (.undeclared[] | "undeclared \(.user_id)")] | sort[] | "\($name) \(.)"' "$out/$name/drift.json"
done)
now=none
if [[ -n $people ]]; then now=$(printf '%s' "$people" | openssl dgst -sha256 -r | cut -d ' ' -f 1); fi
before=none
if [[ -f $told ]]; then before=$(<"$told"); fi
printf '%s\n' "$now" >"$told"
if [[ $now == "$before" ]]; then
  echo "The drift is the same as the last time."
elif [[ $now == none ]]; then
  echo "There is no drift any more."
else
  fail "Other people are in the drift than the last time. The report above names them."
fi
