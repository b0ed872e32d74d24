#!/usr/bin/env bash
# Prints the report of a plan for Atlantis, which writes it as a comment, and stores its digest for the apply.
#
# usage: atlantis-report.sh FOLDER
# variables: BASE_REPO_OWNER, BASE_REPO_NAME and PULL_NUM, which Atlantis sets; GENAUTH_DIGESTS (default /var/lib/genauth)
set -euo pipefail
folder=${1:?usage: atlantis-report.sh FOLDER}
folder=$(cd "$folder" && pwd)
kept=${GENAUTH_DIGESTS:-/var/lib/genauth}/$BASE_REPO_OWNER/$BASE_REPO_NAME/$PULL_NUM.digest
arguments=("$folder/plan.json" --messages "$folder/messages.jsonl")

# The command that is installed beside the scripts, not one from the checkout.
cd "$(dirname "${BASH_SOURCE[0]}")"
# Atlantis shows the output of a step as code, so Markdown would not be rendered.
code=0
npx --no-install genauth-users plan-report "${arguments[@]}" --format text || code=$?
if ((code == 1)); then exit 1; fi
mkdir -p "$(dirname "$kept")"
npx --no-install genauth-users plan-report "${arguments[@]}" --digest >"$kept" || [[ $? -eq 2 ]]
