#!/usr/bin/env bash
# Refuses a job that was run again without the job that planned: an approval is for one plan.
#
# usage: github-attempt.sh PLANNED
#   PLANNED is the attempt of the run in which the plan was made
# variables: GITHUB_RUN_ATTEMPT, which GitHub sets
set -euo pipefail
planned=${1?usage: github-attempt.sh PLANNED}

if [[ $planned != "$GITHUB_RUN_ATTEMPT" ]]; then
  echo "::error::This job was run again, but the plan was not. Nothing was applied. Choose \"Re-run all jobs\", which plans and asks anew."
  exit 1
fi
