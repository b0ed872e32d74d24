#!/usr/bin/env bash
# Refuses to apply a plan that was approved before it was made, and says who approved it.
#
# usage: gitlab-approval.sh
#   Run it in the job whose environment asks for approvals.
# variables: those that GitLab sets
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=gitlab-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/gitlab-lib.sh"

planned=$(jobs_of genauth-read | jq -r .finished_at)
deployment=$(jobs_of "$CI_ENVIRONMENT_NAME" | jq -r --argjson job "$CI_JOB_ID" 'select(.id == $job) | .deployment')
if [[ -z $planned || -z $deployment ]]; then
  refuse "GitLab does not say when the plan was made, or who approved it."
fi
approvals=$(get "deployments/$deployment" | jq -c '.approvals // []')
# shellcheck disable=SC2016 # jq's variables
if ! jq -e --arg planned "$planned" 'def time: sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") | fromdate;
  all(.[]; .status == "approved" and (.created_at | time) >= ($planned | time))' <<<"$approvals" >/dev/null; then
  refuse "An approval is older than the plan, or it is a rejection."
fi
if [[ $approvals == "[]" ]]; then
  echo "The environment $CI_ENVIRONMENT_NAME asked for no approvals. $GITLAB_USER_LOGIN started this job."
else
  jq -r '.[] | "Approved by @\(.user.username)."' <<<"$approvals"
fi
