#!/usr/bin/env bash
# Writes the file of users whom no set may delete, and passes its path to the later steps of a GitHub job.
#
# usage: github-protected-users.sh
# variables: GENAUTH_PROTECTED_USERS, JSON such as {"email": ["admin@example.com"]}, from the workflow;
#   RUNNER_TEMP and GITHUB_ENV, which GitHub sets
set -euo pipefail

if [[ -z ${GENAUTH_PROTECTED_USERS:-} ]]; then exit 0; fi
file=$RUNNER_TEMP/genauth-protected-users.json
printf '%s\n' "$GENAUTH_PROTECTED_USERS" >"$file"
echo "GENAUTH_PROTECTED_USERS_FILE=$file" >>"$GITHUB_ENV"
