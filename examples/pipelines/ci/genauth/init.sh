#!/usr/bin/env bash
# Synthesises what is checked out, and initialises the stack's folder.
#
# usage: init.sh
# variables:
#   STACK_DIR   the stack's folder after synth (default cdktf.out/stacks/staff)
#   SYNTH       what synthesises (default npx cdktf synth)
#   TERRAFORM   terraform or tofu (default terraform)
#   INIT_ARGS   more arguments of init, such as -backend-config=…
set -euo pipefail

${SYNTH:-npx cdktf synth} >&2
cd "${STACK_DIR:-cdktf.out/stacks/staff}"
# shellcheck disable=SC2086 # several arguments in one variable
"${TERRAFORM:-terraform}" init -input=false -no-color ${INIT_ARGS:-} >&2
