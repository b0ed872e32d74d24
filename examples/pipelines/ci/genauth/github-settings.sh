#!/usr/bin/env bash
# Refuses to go on to an environment that does not protect its secrets, and says how a plan is approved here. GitHub creates an
# environment without rules when a workflow first names it.
#
# usage: github-settings.sh BRANCH
#   BRANCH is the only one that the environments may admit
# variables: GH_TOKEN (actions: read); CHANGE, a word of report.sh; SHA256, of the encrypted plan; KEY_WITHOUT_ENVIRONMENT, true if a
#   job without an environment can read the key that deletes; and those that GitHub sets
# output of the step: approval=environment, or approval=dispatch if the environment requires no reviewers
set -euo pipefail
branch=${1:?usage: github-settings.sh BRANCH}

refuse() {
  echo "::error::$*"
  exit 1
}

if [[ $KEY_WITHOUT_ENVIRONMENT == true ]]; then
  refuse "GENAUTH_ACCESS_KEY_ID or GENAUTH_ACCESS_KEY_SECRET is a secret of the repository or of its organization, so code of every branch can read it. Nothing was applied. Delete it there, replace the key in GenAuth, and keep the new one only in the environment genauth."
fi

environment=genauth
if [[ $CHANGE == without-deletions ]]; then environment=genauth-state; fi
if ! rules=$(gh api "repos/$GITHUB_REPOSITORY/environments/$environment"); then
  refuse "There is no environment $environment, or it cannot be read. Nothing was applied. Create it as the README of the pipelines says. Without environments, these pipelines are not supported."
fi
if [[ $(jq '.deployment_branch_policy.custom_branch_policies == true' <<<"$rules") != true ]] ||
  [[ $(gh api "repos/$GITHUB_REPOSITORY/environments/$environment/deployment-branch-policies" |
    jq -r '[.branch_policies[] | "\(.type // "branch") \(.name)"] | join(" ")') != "branch $branch" ]]; then
  refuse "The environment $environment must admit the branch $branch and no other, so that no other branch can reach its secrets. Nothing was applied. Set \"Deployment branches and tags\" to \"Selected branches and tags\": $branch."
fi
if [[ $CHANGE == without-deletions ]]; then exit 0; fi

reviewers=$(jq '[.protection_rules[] | select(.type == "required_reviewers")]' <<<"$rules")
if [[ $reviewers == "[]" ]]; then
  echo "approval=dispatch" >>"$GITHUB_OUTPUT"
  echo "::notice::The environment genauth requires no reviewers, so nothing is applied by this run. The summary says how to go on."
  cat >>"$GITHUB_STEP_SUMMARY" <<NEXT
### How to approve

The environment \`genauth\` requires no reviewers. Read the report of the job \`plan\` above. An owner who made none of these changes then
starts the workflow \`genauth-apply\` on \`$branch\` with:

- run: \`$GITHUB_RUN_ID\`
- sha256: \`$SHA256\`
NEXT
  exit 0
fi
if [[ $(jq 'all(.prevent_self_review == true)' <<<"$reviewers") != true ]]; then
  refuse "The environment genauth lets a person approve their own run. Nothing was applied. Set \"Prevent self-review\"."
fi
if [[ $(jq '.can_admins_bypass == true' <<<"$rules") == true ]]; then
  refuse "The environment genauth lets administrators bypass its rules. Nothing was applied. Unset \"Allow administrators to bypass configured protection rules\"."
fi
echo "approval=environment" >>"$GITHUB_OUTPUT"
