#!/usr/bin/env bash
# Synthesizes and plans what is checked out, and applies the plan if it removes exactly the users who were approved.
#
# usage: apply.sh FOLDER DIGEST
#   FOLDER gets the plan, report.md (who leaves) and drift.md (what differs from the pool afterwards)
#   DIGEST is the digest of the report that was approved
# variables: those of plan.sh
set -euo pipefail
folder=${1:?usage: apply.sh FOLDER DIGEST}
digest=${2:?usage: apply.sh FOLDER DIGEST}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
terraform=${TERRAFORM:-terraform}

"$here/plan.sh" "$folder"
"$here/report.sh" "$folder" --expect-digest "$digest"

applied=0
folder=$(cd "$folder" && pwd)
cd "${STACK_DIR:-cdktf.out/stacks/staff}"
"$terraform" apply -input=false -lock-timeout=10m -no-color "$folder/tfplan" || applied=$?
# The state says how each removal ended until a refresh is stored. Until then, "plan -refresh-only -detailed-exitcode" would
# exit with 2 for that reason alone.
if ! "$terraform" apply -refresh-only -auto-approve -input=false -lock-timeout=10m -no-color >"$folder/refresh.log" 2>&1; then
  cat "$folder/refresh.log" >&2
  echo "The state could not be refreshed after the apply. Nothing is lost: the next plan refreshes it." >&2
fi
cd - >/dev/null
# A failed apply needs this report most of all.
drift=0
"$here/drift.sh" "$folder" || drift=$?
if ((drift == 1)); then exit 1; fi
exit "$applied"
