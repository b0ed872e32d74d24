#!/usr/bin/env bash
# Reports on a plan: who loses the account.
#
# usage: report.sh FOLDER [ARGUMENT…]
#   FOLDER holds plan.json and messages.jsonl, and gets report.md
#   ARGUMENT…  more arguments of plan-report, such as --redact or --expect-digest DIGEST
# Ends with 1 where the plan must not go on; the report is there all the same.
set -euo pipefail
folder=${1:?usage: report.sh FOLDER [ARGUMENT…]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(cd "$folder" && pwd)

code=0
# The command that is installed beside the scripts, not one that the checkout brings.
(cd "$here" && npx --no-install genauth-users plan-report "$folder/plan.json" --messages "$folder/messages.jsonl" "$@") \
  >"$folder/report.md" || code=$?
# 2 is no failure: somebody leaves, which is what the report is for.
if ((code != 2)); then exit "$code"; fi
