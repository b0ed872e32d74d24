#!/usr/bin/env bash
# Reports whose accounts the plans delete, and who may let them be applied.
#
# usage: report.sh OUT [due] [ARGUMENT…]
#   OUT is that of plan.sh. Each stack's folder gets report.md, report.txt, report.html and report.json, and change, a word:
#     nothing             the plan changes nothing
#     without-deletions   it only creates or changes a genauth_user_set, nobody leaves a set, and nobody is reactivated
#     approval            everything else
#   OUT itself gets report.md, the reports of all stacks, and change, the gravest word of all stacks.
#   due        for a plan of plan.sh with `due`. change is "nothing" if it deletes no suspended user, whatever else it does, for
#              that is for the run of its commit. A plan with such deletions and anything else must not be applied. Exits with 1,
#              too, if users are due and none of them is deleted, unless GENAUTH_DUE_DELETIONS is hold.
#   ARGUMENT…  further arguments of plan-report, such as --redact
# Exits with 1 if a plan must not be applied; all files are written nevertheless.
# variables: those of lib.sh
set -euo pipefail
out=${1:?usage: report.sh OUT [due] [ARGUMENT…]}
shift
due=false
if [[ ${1:-} == due ]]; then
  due=true
  shift
  set -- --due-alone "$@"
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
read_stacks
out=$(cd "$out" && pwd)

# The decision is made from data, never from text that a user file can contribute to. Outputs only show values.
# shellcheck disable=SC2016 # jq's variables
CHANGE='
  def rest: [.rest[] | select(.kind != "output")];
  def changed: [.sets[] | select(.action != "none")];
  if .plan_failed then "approval"
  elif $due then (if .due_deletions == "none" then "nothing" else "approval" end)
  elif .rest == [] and changed == [] then "nothing"
  elif rest == [] and .whole and .verdict == "nobody_leaves" and .totals.deleted == 0 and .totals.released == 0
    and all(changed[]; .resource_type == "genauth_user_set" and (.action == "create" or .action == "update")
      and (.ends_waiting | not))
  then "without-deletions"
  else "approval" end'

facts=(--commit "$(git rev-parse HEAD)")
if [[ ${GITHUB_ACTIONS:-} == true ]]; then
  facts+=(--run-url "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID")
elif [[ ${CI_PIPELINE_URL:-} == https:* ]]; then
  facts+=(--run-url "$CI_PIPELINE_URL")
fi
# The summary of a job holds 1 MiB, for all stacks together.
room=summary
if ((${#names[@]} > 1)); then room=comment; fi

refused=0
change=nothing
: >"$out/report.md"
for name in "${names[@]}"; do
  files=$out/$name
  # The command that is installed beside the scripts.
  # shellcheck disable=SC2086 # several arguments in one variable
  report() { (cd "$here" && npx --no-install genauth-users plan-report "$files/plan.json" --messages "$files/messages.jsonl" \
    --stack "$name" "${facts[@]}" $REPORT_ARGS "$@"); }
  code=0
  report --room "$room" --save "$files" "$@" >>"$out/report.md" 2>"$files/errors.txt" || code=$?
  without_commands <"$files/errors.txt" >&2
  # 2 is not a failure: somebody leaves. A plan that must not be applied is saved before the command fails.
  if ((code == 1)); then
    if [[ ! -s $files/report.json ]]; then exit 1; fi
    refused=1
  fi
  cat "$files/report.txt"
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then report --format annotations "$@" 2>/dev/null || true; fi
  jq -r --argjson due "$due" "$CHANGE" "$files/report.json" >"$files/change"
  # Nobody reads the report of a night that has nothing to approve.
  if [[ $due == true && $(<"$files/change") == nothing && ${GENAUTH_DUE_DELETIONS:-} != hold ]]; then
    overdue=$(jq .totals.overdue "$files/report.json")
    if ((overdue > 0)); then
      echo "$name has suspended users whose day has come and whom the plan does not delete: $overdue. The warnings of its report say why, such as a limit." >&2
      refused=1
    fi
  fi
  case $change/$(<"$files/change") in
    */approval) change=approval ;;
    nothing/without-deletions) change=without-deletions ;;
  esac
done
printf '%s\n' "$change" >"$out/change"
exit "$refused"
