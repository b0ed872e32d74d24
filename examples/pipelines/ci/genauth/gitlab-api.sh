#!/usr/bin/env bash
# Calls GitLab's API for this project.
#
# usage: gitlab-api.sh METHOD PATH [curl arguments…]
# variables: GENAUTH_API_TOKEN, and CI_API_V4_URL and CI_PROJECT_ID, which GitLab sets
set -euo pipefail
method=${1:?usage: gitlab-api.sh METHOD PATH [curl arguments…]}
path=${2:?usage: gitlab-api.sh METHOD PATH [curl arguments…]}
shift 2

# The token goes through a pipe: everybody on the machine can see arguments.
printf 'header = "PRIVATE-TOKEN: %s"\n' "$GENAUTH_API_TOKEN" |
  curl --config - --silent --show-error --fail-with-body --location --request "$method" \
    "$CI_API_V4_URL/projects/$CI_PROJECT_ID/$path" "$@"
