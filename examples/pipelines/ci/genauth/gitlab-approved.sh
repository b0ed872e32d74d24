#!/usr/bin/env bash
# Prints the report that was approved: the bot's comment of the merge request by which a commit came.
#
# usage: gitlab-approved.sh COMMIT
# variables: those of gitlab-api.sh, and GENAUTH_BOT, the user of the token
set -euo pipefail
commit=${1:?usage: gitlab-approved.sh COMMIT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

number=$("$here/gitlab-api.sh" GET "repository/commits/$commit/merge_requests" |
  jq -r '[.[] | select(.state == "merged")][0].iid // empty')
if [[ -z $number ]]; then
  echo "Commit $commit came by no merge request, so nobody approved it." >&2
  exit 1
fi
"$here/gitlab-api.sh" GET "merge_requests/$number/notes?per_page=100&sort=asc" |
  jq -r --arg bot "$GENAUTH_BOT" \
    '[.[] | select(.author.username == $bot and (.body | startswith("<!-- genauth-users:plan -->")))][0].body // empty'
