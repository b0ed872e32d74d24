#!/usr/bin/env bash
# Synthesizes what is checked out, in a job that has no secret, and packs the stacks for the other jobs. Nothing else that
# this job leaves behind reaches them.
#
# usage: synth.sh OUT
#   OUT gets stacks.tar, and its SHA-256 in stacks.sha256. Hand the SHA-256 over as an output of the job, not in an artifact.
#   One tar, because artifacts lose the executable permission and names that begin with a dot.
# variables: those of settings.sh
set -euo pipefail
out=${1:?usage: synth.sh OUT}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks

if [[ -n ${GENAUTH_ACCESS_KEY_ID:-}${GENAUTH_ACCESS_KEY_SECRET:-}${GENAUTH_PLAN_KEY:-} ]]; then
  fail "This job has a key. Synth runs code of the checkout, so run it in a job without secrets."
fi
# shellcheck disable=SC2086 # a command with arguments in one variable
$SYNTH >&2

mkdir -p "$out"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/linked"
# What the engine writes beside a configuration is no part of it: the lock file is the committed one, and a state comes from
# its backend only.
tar -cf - --exclude=.terraform --exclude=.terraform.lock.hcl --exclude='*.tfstate' --exclude='*.tfstate.*' \
  --exclude=.git --exclude=node_modules -- "${folders[@]}" ${extras[@]+"${extras[@]}"} | tar -xf - -C "$copy/linked"
# The installed provider has hard links, which unpack.sh would refuse. A copy has none.
cp -R "$copy/linked" "$copy/files"
tar -cf "$out/stacks.tar" -C "$copy/files" .
sha256_of "$out/stacks.tar" >"$out/stacks.sha256"
