#!/usr/bin/env bash
# Writes down whom no set may delete, and lets the later steps of a GitHub job know where.
#
# usage: github-protected-users.sh
# variables: GENAUTH_PROTECTED_USERS, JSON such as {"email": ["admin@example.com"]}, which the repository's settings hold;
#   RUNNER_TEMP and GITHUB_ENV, which GitHub sets
set -euo pipefail

if [[ -z ${GENAUTH_PROTECTED_USERS:-} ]]; then exit 0; fi
file=$RUNNER_TEMP/genauth-protected-users.json
printf '%s\n' "$GENAUTH_PROTECTED_USERS" >"$file"
echo "GENAUTH_PROTECTED_USERS_FILE=$file" >>"$GITHUB_ENV"
