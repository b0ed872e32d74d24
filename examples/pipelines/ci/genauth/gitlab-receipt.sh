#!/usr/bin/env bash
# Writes down who approved this pipeline's plan, and how the jobs that apply ended.
#
# usage: gitlab-receipt.sh OUT
#   OUT gets receipt.json, for the store of the operator. It names nobody who leaves.
# variables: those that GitLab sets
set -euo pipefail
out=${1:?usage: gitlab-receipt.sh OUT}
# shellcheck source-path=SCRIPTDIR source=gitlab-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/gitlab-lib.sh"
mkdir -p "$out"

applied=()
for environment in genauth genauth-state; do
  while read -r job; do
    deployment=$(jq -r .deployment <<<"$job")
    applied+=("$(jq -c --argjson job "$job" --argjson requests "$(get "deployments/$deployment/merge_requests")" '{
      job: $job.name, status: $job.status, started_by: $job.user.username, finished_at: $job.finished_at,
      approvals: [.approvals[]? | {user: .user.username, status, created_at, comment}],
      merge_requests: [$requests[].web_url]
    }' < <(get "deployments/$deployment"))")
  done < <(jobs_of "$environment")
done
printf '%s\n' ${applied[@]+"${applied[@]}"} | jq -s '{
  kind: "receipt", project: env.CI_PROJECT_PATH, commit: env.CI_COMMIT_SHA, source: env.CI_PIPELINE_SOURCE,
  pipeline: env.CI_PIPELINE_URL, time: (now | todate), applied: .
}' >"$out/receipt.json"
cat "$out/receipt.json"
