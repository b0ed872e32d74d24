#!/usr/bin/env bash
# Writes a report as a comment of a merge request, or updates the comment that is there.
#
# usage: gitlab-comment.sh NUMBER REPORT
# variables: those of gitlab-api.sh, and GENAUTH_BOT, the user of the token
set -euo pipefail
number=${1:?usage: gitlab-comment.sh NUMBER REPORT}
report=${2:?usage: gitlab-comment.sh NUMBER REPORT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

note=$("$here/gitlab-api.sh" GET "merge_requests/$number/notes?per_page=100&sort=asc" |
  jq -r --arg bot "$GENAUTH_BOT" \
    '[.[] | select(.author.username == $bot and (.body | startswith("<!-- genauth-users:plan -->")))][0].id // empty')
if [[ -n $note ]]; then
  "$here/gitlab-api.sh" PUT "merge_requests/$number/notes/$note" --data-urlencode "body@$report" --output /dev/null
else
  "$here/gitlab-api.sh" POST "merge_requests/$number/notes" --data-urlencode "body@$report" --output /dev/null
fi
