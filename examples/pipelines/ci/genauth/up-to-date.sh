#!/usr/bin/env bash
# Refuses a checkout that lacks commits of its target branch: in its plan, users who joined there in the meantime would appear
# as deletions.
#
# usage: up-to-date.sh BRANCH
set -euo pipefail
branch=${1:?usage: up-to-date.sh BRANCH}

# On GitHub, the checkout has just fetched all branches (fetch-depth: 0), and has left no credentials for another fetch.
if [[ ${GITHUB_ACTIONS:-} != true ]]; then
  git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
fi
if ! git merge-base --is-ancestor "refs/remotes/origin/$branch" HEAD; then
  echo "This branch lacks commits of $branch, so a plan of it would delete people who joined there. Merge or rebase, and push." >&2
  exit 1
fi
