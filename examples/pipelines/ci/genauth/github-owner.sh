#!/usr/bin/env bash
# Refuses to apply the plan of a run unless an owner asks for it who made none of its changes. What it reads, nobody can edit
# afterwards: runs, commits, and who opened a pull request. But whoever makes a commit can write any author into it, so this rests
# on the rule that somebody else approves the last push of a pull request.
#
# usage: github-owner.sh RUN BRANCH
#   RUN is the run of genauth.yml on BRANCH that made the plan
# variables: GH_TOKEN (actions, contents and pull-requests: read); OWNERS, accounts separated by spaces; and those that GitHub sets
# outputs of the step: commit, attempt and event of the run; before, the commit that was applied last
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

# Prints how jobs of a run ended. usage: job_of RUN CONDITION
job_of() {
  gh api "$repository/actions/runs/$1/jobs" | jq -r ".jobs[] | select($2) | .conclusion"
}

if [[ $GITHUB_RUN_ATTEMPT != 1 ]]; then refuse "A re-run is not accepted. Start the workflow again."; fi
if [[ ! $run =~ ^[0-9]+$ ]]; then refuse "\"run\" must be the number of a run."; fi
if [[ $listed != *" $actor "* ]]; then refuse "$actor is not on the list of owners in this workflow."; fi

if ! planned=$(gh api "$repository/actions/runs/$run"); then refuse "Run $run cannot be read."; fi
if [[ $(jq -r '"\(.path | split("@")[0]) \(.head_branch)"' <<<"$planned") != ".github/workflows/genauth.yml $branch" ]] ||
  [[ $(jq -r .event <<<"$planned") != @(push|schedule|workflow_dispatch) ]]; then
  refuse "Run $run is no run of genauth.yml on $branch that makes a plan."
fi
event=$(jq -r .event <<<"$planned")
if [[ $event == schedule ]]; then "$(dirname "${BASH_SOURCE[0]}")/github-newest-night.sh" "$branch" "$run"; fi
commit=$(jq -r .head_sha <<<"$planned")
# Code that runs in the job synth could leave a plan of its own, and a summary that gives the SHA-256 of it.
if [[ $(job_of "$run" '.name == "plan"') != success ]]; then
  refuse "The job plan of run $run has not ended well, so it made no plan that can be applied."
fi

# The last commit that was applied whole. What the plan does comes from the commits since then. The apply of a nightly run does not
# count: it leaves out the stacks where nobody is due, with all that commits have changed there. In genauth-apply, its job has
# another name.
before=
applied=$(for each in "genauth.yml push" "genauth.yml workflow_dispatch" "genauth-apply.yml workflow_dispatch"; do
  gh api "$repository/actions/workflows/${each% *}/runs?event=${each#* }&branch=$branch&per_page=100"
done | jq -rs 'map(.workflow_runs[]) | sort_by(-.id)[] | "\(.id) \(.head_sha)"')
while read -r id sha; do
  if [[ -z $id || $id == "$run" || $id == "$GITHUB_RUN_ID" ]]; then continue; fi
  if [[ $(job_of "$id" '.name == "apply" or .name == "apply-without-deletions"') == *success* ]]; then
    before=$sha
    break
  fi
done <<<"$applied"
if [[ -z $before ]]; then
  refuse "Nothing says which changes the plan brings, because no earlier run applied anything. Begin with a change that deletes nobody, such as a new label."
fi

compared=$(gh api "$repository/compare/$before...$commit?per_page=250")
# The plan of a nightly run brings no commits if the last one was applied whole.
if [[ $(jq --arg event "$event" '(.status == "ahead" or (.status == "identical" and $event == "schedule")) and .total_commits == (.commits | length)' <<<"$compared") != true ]]; then
  refuse "The commits since $before, the last that was applied, cannot all be listed. Apply smaller steps."
fi
# GitHub is the committer of a merge that was made on its pages.
people=$(jq -r '.commits[] | (.author.login // "?"), (.committer.login // "?")' <<<"$compared")
for sha in $(jq -r '.commits[].sha' <<<"$compared"); do
  openers=$(gh api "$repository/commits/$sha/pulls" | jq -r '.[].user.login')
  # Who pushed a commit without a pull request is known only as the one who started the run.
  people+=$'\n'${openers:-$(jq -r .actor.login <<<"$planned")}
done
people=$(tr '[:upper:]' '[:lower:]' <<<"$people" | sort -u | sed '/^web-flow$/d')
if grep -qx '?' <<<"$people"; then
  refuse "The e-mail address of a commit since $before belongs to no account, so nothing says that you did not make it."
fi
if grep -qxF "$actor" <<<"$people"; then
  refuse "$actor made some of the changes that this plan applies. Another owner must start this workflow."
fi
{
  echo "commit=$commit"
  echo "attempt=$(jq -r .run_attempt <<<"$planned")"
  echo "event=$event"
  echo "before=$before"
} >>"$GITHUB_OUTPUT"
