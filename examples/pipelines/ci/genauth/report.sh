#!/usr/bin/env bash
# Reports whose accounts a plan deletes.
#
# usage: report.sh FOLDER [ARGUMENT…]
#   FOLDER holds plan.json and messages.jsonl, and gets report.md
#   ARGUMENT…  further arguments of plan-report, such as --redact or --expect-digest DIGEST
# Exits with 1 if the plan must not be applied; the report is written nevertheless.
set -euo pipefail
folder=${1:?usage: report.sh FOLDER [ARGUMENT…]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(cd "$folder" && pwd)

code=0
# The command that is installed beside the scripts, not one from the checkout.
(cd "$here" && npx --no-install genauth-users plan-report "$folder/plan.json" --messages "$folder/messages.jsonl" "$@") \
  >"$folder/report.md" || code=$?
# 2 is not a failure: somebody leaves.
if ((code != 2)); then exit "$code"; fi
