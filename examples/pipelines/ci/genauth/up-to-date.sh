#!/usr/bin/env bash
# Refuses a checkout that does not hold the newest commit of its target branch: planned from it, whoever joined there in the
# meantime would read as somebody who leaves.
#
# usage: up-to-date.sh BRANCH
set -euo pipefail
branch=${1:?usage: up-to-date.sh BRANCH}

git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
if ! git merge-base --is-ancestor "refs/remotes/origin/$branch" HEAD; then
  echo "This branch lacks commits of $branch, so a plan of it would delete people who joined there. Merge or rebase, and push." >&2
  exit 1
fi
