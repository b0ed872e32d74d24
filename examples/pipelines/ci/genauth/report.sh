#!/usr/bin/env bash
# Reports whose accounts the plans delete, and who may let them be applied.
#
# usage: report.sh OUT [ARGUMENT…]
#   OUT is that of plan.sh. Each stack's folder gets report.md, report.txt, report.html and report.json, and change, a word:
#     nothing             the plan changes nothing
#     without-deletions   it only creates or changes a genauth_user_set, and nobody leaves a set
#     approval            everything else
#   OUT itself gets report.md, the reports of all stacks, and change, the gravest word of all stacks.
#   ARGUMENT…  further arguments of plan-report, such as --redact
# Exits with 1 if a plan must not be applied; all files are written nevertheless.
# variables: those of lib.sh
set -euo pipefail
out=${1:?usage: report.sh OUT [ARGUMENT…]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks
out=$(cd "$out" && pwd)

# The decision is made from data, never from text that a user file can contribute to.
# shellcheck disable=SC2016 # jq's variables
CHANGE='
  def changes: [.resource_changes[]? | select(.change.actions - ["no-op", "read"] != [])];
  def only_sets: all(changes[]; .type == "genauth_user_set" and .mode == "managed" and (.deposed | not)
    and (.change.actions | . == ["create"] or . == ["update"]));
  def outputs: [.output_changes // {} | to_entries[] | select(.value.actions != ["no-op"])];
  . as $plan | $report[0] as $report |
  if $plan.errored == true or (($plan.action_invocations // []) + ($plan.deferred_changes // []) != []) then "approval"
  elif ($plan | changes + outputs) == [] then "nothing"
  elif ($plan | only_sets) and $report.verdict == "nobody_leaves" and $report.totals.deleted == 0
    and $report.totals.released == 0 then "without-deletions"
  else "approval" end'

refused=0
change=nothing
: >"$out/report.md"
for name in "${names[@]}"; do
  files=$out/$name
  for format in json=json markdown=md text=txt html=html; do
    code=0
    # The command that is installed beside the scripts.
    (cd "$here" && npx --no-install genauth-users plan-report "$files/plan.json" --messages "$files/messages.jsonl" \
      --format "${format%=*}" "$@") >"$files/report.${format#*=}" 2>"$files/refusal" || code=$?
    # 2 is not a failure: somebody leaves.
    if ((code == 1)); then
      if [[ ! -s $files/report.${format#*=} ]]; then
        cat "$files/refusal" >&2
        exit 1
      fi
      refused=1
      if [[ $format == json=json ]]; then sed "s/^/$name: /" "$files/refusal" >&2; fi
    fi
  done
  jq -r --slurpfile report "$files/report.json" "$CHANGE" "$files/plan.json" >"$files/change"
  if ((${#names[@]} > 1)); then printf '# %s\n\n' "$name" >>"$out/report.md"; fi
  cat "$files/report.md" >>"$out/report.md"
  case $change/$(<"$files/change") in
    */approval) change=approval ;;
    nothing/without-deletions) change=without-deletions ;;
  esac
done
printf '%s\n' "$change" >"$out/change"
exit "$refused"
