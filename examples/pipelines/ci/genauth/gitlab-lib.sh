#!/usr/bin/env bash
# Functions that the scripts for GitLab share. They source this file.
#
# variables: those that GitLab sets. The token of the job is the only one: it can read this project's deployments and artifacts.
set -euo pipefail

refuse() {
  printf '%s Nothing was planned or applied from it. Run a new pipeline: Build, Pipelines, "New pipeline".\n' "$*" >&2
  exit 1
}

# Prints an answer of GitLab's API for this project. usage: get PATH
get() {
  # The token goes through a pipe: everybody on the machine can see arguments.
  printf 'header = "JOB-TOKEN: %s"\n' "$CI_JOB_TOKEN" |
    curl --config - --silent --show-error --fail-with-body --location "$CI_API_V4_URL/projects/$CI_PROJECT_ID/$1"
}

# Prints the deployments of an environment, the newest first.
deployments_of() {
  get "deployments?environment=$1&order_by=id&sort=desc&per_page=100"
}

# Prints the jobs of this pipeline that have an environment, one a line, as JSON. A deployment without a job, which a token can
# create, does not count.
jobs_of() {
  deployments_of "$1" | jq -c --argjson pipeline "$CI_PIPELINE_ID" \
    '.[] | select(.deployable.pipeline.id == $pipeline) | .deployable + {deployment: .id, deployment_status: .status}'
}
