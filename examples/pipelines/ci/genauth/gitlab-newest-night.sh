#!/usr/bin/env bash
# Lets a nightly pipeline apply its plan of deletions that are due only while no newer pipeline of the default branch has planned.
#
# usage: gitlab-newest-night.sh
#   A pipeline of another source is never refused: the commit that it plans must be the newest.
# variables: those that GitLab sets
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=gitlab-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/gitlab-lib.sh"

if [[ $CI_PIPELINE_SOURCE != schedule ]]; then exit 0; fi
newest=$(deployments_of genauth-read | jq -r '[.[].deployable.pipeline.id | values] | max')
if [[ $newest != "$CI_PIPELINE_ID" ]]; then
  refuse "Pipeline $newest is newer and has planned the default branch."
fi
