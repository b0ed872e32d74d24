#!/usr/bin/env bash
# Prints the report that was approved: the bot's comment of the merge request that brought a commit.
#
# usage: gitlab-approved.sh COMMIT
# variables: those of gitlab-api.sh, CI_DEFAULT_BRANCH, which GitLab sets, and GENAUTH_BOT, the user of the token
set -euo pipefail
commit=${1:?usage: gitlab-approved.sh COMMIT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

numbers=$("$here/gitlab-api.sh" GET "repository/commits/$commit/merge_requests" |
  jq -r --arg branch "$CI_DEFAULT_BRANCH" \
    '[.[] | select(.state == "merged" and .target_branch == $branch) | .iid] | join(", ")')
if [[ -z $numbers ]]; then
  echo "Commit $commit came by no merge request into $CI_DEFAULT_BRANCH, so nobody approved it." >&2
  exit 1
fi
# If several merge requests have the same commits, GitLab marks all of them as merged with the first, approved or not.
if [[ $numbers == *,* ]]; then
  echo "Commit $commit came by several merge requests into $CI_DEFAULT_BRANCH ($numbers), so nothing says which report was" \
    "approved. Have the report of another merge request approved; an empty commit is enough." >&2
  exit 1
fi
"$here/gitlab-api.sh" GET "merge_requests/$numbers/notes?per_page=100&sort=asc" |
  jq -r --arg bot "$GENAUTH_BOT" \
    '[.[] | select(.author.username == $bot and (.body | startswith("<!-- genauth-users:plan -->")))][0].body // empty'
