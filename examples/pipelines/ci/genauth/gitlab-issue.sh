#!/usr/bin/env bash
# Opens, updates or closes the one issue about drift.
#
# usage: gitlab-issue.sh REPORT CODE
#   CODE is the exit code of the check: 0 no drift, 2 drift
# variables: those of gitlab-api.sh
set -euo pipefail
report=${1:?usage: gitlab-issue.sh REPORT CODE}
code=${2:?usage: gitlab-issue.sh REPORT CODE}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

title=$(sed -n 's/^## //p' "$report" | head -n 1)
issue=$("$here/gitlab-api.sh" GET "issues?labels=genauth-drift&state=opened" | jq -r '.[0].iid // empty')
if [[ $code -eq 0 ]]; then
  if [[ -n $issue ]]; then
    "$here/gitlab-api.sh" PUT "issues/$issue" --data-urlencode "state_event=close" --output /dev/null
  fi
elif [[ -n $issue ]]; then
  "$here/gitlab-api.sh" PUT "issues/$issue" --data-urlencode "title=$title" --data-urlencode "description@$report" \
    --output /dev/null
else
  "$here/gitlab-api.sh" POST issues --data-urlencode "title=$title" --data-urlencode "description@$report" \
    --data-urlencode labels=genauth-drift --output /dev/null
fi
