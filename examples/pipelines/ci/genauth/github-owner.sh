#!/usr/bin/env bash
# Refuses to apply the plan of a run unless an owner asks for it who made none of its changes. What it reads, nobody can edit:
# runs, commits, and who opened a pull request.
#
# usage: github-owner.sh RUN BRANCH
#   RUN is the run of genauth.yml on BRANCH that made the plan
# variables: GH_TOKEN (actions, contents and pull-requests: read); OWNERS, accounts separated by spaces; and those that GitHub sets
# outputs of the step: commit and attempt of the run; before, the commit that was applied last
set -euo pipefail
run=${1:?usage: github-owner.sh RUN BRANCH}
branch=${2:?usage: github-owner.sh RUN BRANCH}
repository=repos/$GITHUB_REPOSITORY
# Names of accounts have no case.
actor=$(tr '[:upper:]' '[:lower:]' <<<"$GITHUB_TRIGGERING_ACTOR")
listed=" $(tr '[:upper:]' '[:lower:]' <<<"$OWNERS") "

refuse() {
  echo "::error::$* Nothing was applied."
  exit 1
}

if [[ $GITHUB_RUN_ATTEMPT != 1 ]]; then refuse "A re-run is not accepted. Start the workflow again."; fi
if [[ ! $run =~ ^[0-9]+$ ]]; then refuse "\"run\" must be the number of a run."; fi
if [[ $listed != *" $actor "* ]]; then refuse "$actor is not on the list of owners in this workflow."; fi

if ! planned=$(gh api "$repository/actions/runs/$run"); then refuse "Run $run cannot be read."; fi
if [[ $(jq -r '"\(.path | split("@")[0]) \(.head_branch)"' <<<"$planned") != ".github/workflows/genauth.yml $branch" ]] ||
  [[ $(jq -r .event <<<"$planned") != @(push|workflow_dispatch) ]]; then
  refuse "Run $run is no run of genauth.yml on $branch that makes a plan."
fi
commit=$(jq -r .head_sha <<<"$planned")

# The last commit that was applied whole. What the plan does comes from the commits since then.
before=
applied=$(gh api "$repository/actions/runs?branch=$branch&per_page=100" | jq -r '.workflow_runs[] |
  select(.event == "push" or .event == "workflow_dispatch") |
  select(.path | split("@")[0] | . == ".github/workflows/genauth.yml" or . == ".github/workflows/genauth-apply.yml") |
  "\(.id) \(.head_sha)"')
while read -r id sha; do
  if [[ -z $id || $id == "$run" || $id == "$GITHUB_RUN_ID" ]]; then continue; fi
  if gh api "$repository/actions/runs/$id/jobs" |
    jq -e 'any(.jobs[]; (.name == "apply" or .name == "apply-without-deletions") and .conclusion == "success")' >/dev/null; then
    before=$sha
    break
  fi
done <<<"$applied"
if [[ -z $before ]]; then
  refuse "Nothing says which changes the plan brings, because no earlier run applied anything. Begin with a change that deletes nobody, such as a new label."
fi

compared=$(gh api "$repository/compare/$before...$commit?per_page=250")
if [[ $(jq '.status == "ahead" and .total_commits == (.commits | length)' <<<"$compared") != true ]]; then
  refuse "The commits since $before, the last that was applied, cannot all be listed. Apply smaller steps."
fi
# GitHub is the committer of a merge that was made on its pages.
people=$(jq -r '.commits[] | (.author.login // "?"), (.committer.login // "?")' <<<"$compared")
for sha in $(jq -r '.commits[].sha' <<<"$compared"); do
  openers=$(gh api "$repository/commits/$sha/pulls" | jq -r '.[].user.login')
  # Who pushed a commit without a pull request is known only as the one who started the run.
  people+=$'\n'${openers:-$(jq -r .actor.login <<<"$planned")}
done
people=$(tr '[:upper:]' '[:lower:]' <<<"$people" | sort -u | grep -vx web-flow)
if grep -qx '?' <<<"$people"; then
  refuse "The e-mail address of a commit since $before belongs to no account, so nothing says that you did not make it."
fi
if grep -qxF "$actor" <<<"$people"; then
  refuse "$actor made some of the changes that this plan applies. Another owner must start this workflow."
fi
{
  echo "commit=$commit"
  echo "attempt=$(jq -r .run_attempt <<<"$planned")"
  echo "before=$before"
} >>"$GITHUB_OUTPUT"
