#!/usr/bin/env bash
# Lets only the newest nightly run apply its plan of deletions that are due.
#
# usage: github-newest-night.sh BRANCH RUN [cancel]
#   Refuses RUN unless it is the newest nightly run of genauth.yml on BRANCH.
#   cancel   instead, cancels the older nightly runs that still wait for an approval
# variables: GH_TOKEN (actions: read; for cancel, write); and those that GitHub sets
set -euo pipefail
branch=${1:?usage: github-newest-night.sh BRANCH RUN [cancel]}
run=${2:?usage: github-newest-night.sh BRANCH RUN [cancel]}
nights="repos/$GITHUB_REPOSITORY/actions/workflows/genauth.yml/runs?event=schedule&branch=$branch"

if [[ ${3:-} == cancel ]]; then
  # A run that waits does nothing, so nothing is cut off.
  waiting=$(gh api "$nights&status=waiting&per_page=100" | jq -r --argjson run "$run" '.workflow_runs[].id | select(. < $run)')
  for older in $waiting; do
    gh api --method POST "repos/$GITHUB_REPOSITORY/actions/runs/$older/cancel" >/dev/null
    echo "Run $older was cancelled, because this run plans the deletions that are due anew."
  done
  exit 0
fi
newest=$(gh api "$nights&per_page=1" | jq -r '.workflow_runs[0].id')
if [[ $newest != "$run" ]]; then
  echo "::error::Run $newest is newer and plans the deletions that are due. Nothing was applied. Read and approve that one."
  exit 1
fi
