#!/usr/bin/env bash
# Writes down who approved a run and how its jobs ended, and comments it on the pull requests that the push merged.
#
# usage: github-receipt.sh OUT
#   OUT gets receipt.json, for the store of the operator, and receipt.md. Neither names anybody who leaves.
# variables: GH_TOKEN (actions: read, pull-requests: write); NEEDS, the context "needs" as JSON; BEFORE, the commit before the
#   push, if there is one; COMMIT (default GITHUB_SHA); APPROVED_BY, the owner who started genauth-apply; and those that GitHub sets
set -euo pipefail
out=${1:?usage: github-receipt.sh OUT}
commit=${COMMIT:-$GITHUB_SHA}
url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
mkdir -p "$out"

# shellcheck disable=SC2016 # jq's variables
gh api "repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals" |
  jq --arg commit "$commit" --argjson needs "$NEEDS" --arg url "$url/attempts/$GITHUB_RUN_ATTEMPT" --arg time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '{
    kind: "receipt",
    repository: env.GITHUB_REPOSITORY,
    commit: $commit,
    event: env.GITHUB_EVENT_NAME,
    actor: env.GITHUB_TRIGGERING_ACTOR,
    run: $url,
    time: $time,
    change: $needs.plan.outputs.change,
    plan_sha256: $needs.plan.outputs.sha256,
    approvals: ([.[] | {environment: .environments[].name, state, user: .user.login, comment}] +
      if (env.APPROVED_BY // "") != "" then [{environment: "genauth", state: "approved", user: env.APPROVED_BY}] else [] end),
    jobs: ($needs | map_values(.result))
  }' >"$out/receipt.json"

jq -r '
  def ended:
    if .jobs | has("owner") then
      if .jobs.owner != "success" then "Refused. Nothing was applied."
      elif .jobs.apply == "success" then "Applied as approved."
      else "Not applied as planned. The log of the job apply says why, and the summary of drift-after-apply who is left." end
    elif .jobs.plan != "success" then "There is no plan that can be applied. Nothing was applied."
    elif .change == "nothing" then "The plan changes nothing."
    elif .jobs.settings != "success" then "The settings of the repository stopped the run. Nothing was applied."
    elif .change == "without-deletions" then
      if .jobs["apply-without-deletions"] == "success" then "Applied. Nobody was deleted, so nobody had to approve."
      else "Not applied as planned. Nobody was deleted." end
    elif .jobs.apply == "success" then "Applied as approved."
    elif .jobs.apply == "skipped" then "Not applied yet: an owner has to start genauth-apply. The summary of the run says how."
    elif any(.approvals[]; .state == "rejected") then "Rejected. Nothing was applied."
    else "Not applied as planned. The log of the job apply says why, and the summary of drift-after-apply who is left." end;
  "<!-- genauth-users:receipt -->",
  "**\(ended)**", "",
  (.approvals[] | "- \(.state) by @\(.user)"),
  "- jobs: \(.jobs | to_entries | map("\(.key) \(.value)") | join(", "))",
  "- commit \(.commit), [run](\(.run))"' "$out/receipt.json" >"$out/receipt.md"

# The plan of a nightly run comes from no pull request.
if [[ $(jq -r .change "$out/receipt.json") == nothing || $GITHUB_EVENT_NAME == schedule ]]; then exit 0; fi
# A push can bring several pull requests, for example from a merge queue.
commits=$commit
if [[ ${BEFORE:-} =~ ^[0-9a-f]{40}$ ]] && git merge-base --is-ancestor "$BEFORE" "$commit" 2>/dev/null; then
  commits=$(git rev-list --first-parent --max-count=100 "$BEFORE..$commit")
fi
numbers=$(for each in $commits; do
  gh api "repos/$GITHUB_REPOSITORY/commits/$each/pulls" |
    jq -r --arg branch "${GITHUB_REF#refs/heads/}" '.[] | select(.merged_at != null and .base.ref == $branch) | .number'
done | sort -nu)
for number in $numbers; do
  jq -n --rawfile body "$out/receipt.md" '{body: $body}' |
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" --input - >/dev/null
done
