#!/bin/sh
# Runs the commands of a pipeline in the environment of `cdktf-genauth emulator`, which gives them a pool and a key. The emulator
# begins anew in each job, with the same people.
set -eu
# A real pipeline asks its platform for the rules of the repository.
unset GITHUB_ACTIONS GITHUB_REPOSITORY
export GENAUTH_PLAN_KEY=of-sample-users-0123456789abcdef
states=/tmp/genauth-live
genauth() { ci/genauth/node_modules/.bin/cdktf-genauth pipeline "$@"; }
# Whatever runs code of the checkout gets no key.
synth() { (unset GENAUTH_ACCESS_KEY_ID GENAUTH_ACCESS_KEY_SECRET GENAUTH_PLAN_KEY && genauth synth); }
rm -rf "$states"
code=0

case $1 in
  plan)
    after=$(git rev-parse HEAD)
    # The state is what the commit before the change had applied, which deletes nobody.
    git checkout --quiet --detach "$2"
    for stack in staff guests; do
      ci/genauth/node_modules/.bin/cdktf-genauth install-provider --dir "$stack"
      (cd "$stack" && terraform init -input=false && terraform apply -input=false -auto-approve)
    done
    git checkout --quiet --detach "$after"
    synth
    genauth plan --seal || code=$?
    cat genauth-run/plan/report.md >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    cp -R "$states" genauth-run/states
    ;;
  apply)
    cp -R genauth-run/states "$states"
    genauth apply || code=$?
    echo "outcome=$(cat genauth-run/apply/outcome.json)" >>"${GITHUB_OUTPUT:-/dev/null}"
    genauth drift || code=$?
    cat genauth-run/drift/drift.md >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    ;;
esac
exit "$code"
