#!/usr/bin/env bash
# Prints the report that was approved: the comment of the pull request that brought a commit.
#
# usage: github-approved.sh COMMIT BRANCH
#   BRANCH is the branch of the commit; a report of a pull request into another branch does not count
# variables: GH_TOKEN, and REPOSITORY as owner/name
set -euo pipefail
commit=${1:?usage: github-approved.sh COMMIT BRANCH}
branch=${2:?usage: github-approved.sh COMMIT BRANCH}

numbers=$(gh api "repos/$REPOSITORY/commits/$commit/pulls" |
  jq -r --arg branch "$branch" '[.[] | select(.merged_at != null and .base.ref == $branch) | .number] | join(", ")')
if [[ -z $numbers ]]; then
  echo "Commit $commit came by no pull request into $branch, so nobody approved it." >&2
  exit 1
fi
# If several pull requests have the same commits, GitHub marks all of them as merged with the first, approved or not.
if [[ $numbers == *,* ]]; then
  echo "Commit $commit came by several pull requests into $branch ($numbers), so nothing says which report was approved." \
    "Have the report of another pull request approved; an empty commit is enough." >&2
  exit 1
fi
gh api --paginate "repos/$REPOSITORY/issues/$numbers/comments" --jq \
  '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- genauth-users:plan -->"))) | .body'
