#!/usr/bin/env bash
# Refuses a checkout that lacks commits of a branch: in its plan, users who joined there in the meantime would appear as
# deletions, and those who joined again would be deleted.
#
# usage: up-to-date.sh BRANCH
# On GitHub, the checkout has just fetched all branches (fetch-depth: 0), and has left no credentials for another fetch.
set -euo pipefail
branch=${1:?usage: up-to-date.sh BRANCH}

if [[ ${GITHUB_ACTIONS:-} == true ]]; then
  if [[ $(git rev-parse --is-shallow-repository) == true ]]; then
    echo "The checkout holds only a part of the history, so it cannot be compared with $branch. Set fetch-depth: 0." >&2
    exit 1
  fi
elif ! git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"; then
  echo "$branch could not be fetched, so nothing says whether this checkout is up to date. Give the job a credential that can read the repository." >&2
  exit 1
fi
if ! git merge-base --is-ancestor "refs/remotes/origin/$branch" HEAD; then
  echo "This checkout lacks commits of $branch, so a plan of it would delete people who joined there. Merge or rebase, and push." >&2
  exit 1
fi
