#!/usr/bin/env bash
# Fetches what a job of this pipeline handed over.
#
# usage: gitlab-handed-over.sh ENVIRONMENT PATH FILE
#   ENVIRONMENT is that of the job, PATH the path of its artifact. FILE gets the artifact.
# variables: those that GitLab sets; ARTIFACTS, in .gitlab-ci.yml:
#   api     fetches the artifact of the only job of ENVIRONMENT in this pipeline. GitLab Premium and Ultimate.
#   needs   takes the file that the runner has unpacked, because of `needs` with `artifacts: true`
#
# A job that runs code of a repository can upload any files and dotenv variables with its token. With `needs`, the runner unpacks
# them over the checkout of the next job and puts them into its environment before any script can check them.
set -euo pipefail
environment=${1:?usage: gitlab-handed-over.sh ENVIRONMENT PATH FILE}
path=${2:?usage: gitlab-handed-over.sh ENVIRONMENT PATH FILE}
file=${3:?usage: gitlab-handed-over.sh ENVIRONMENT PATH FILE}
# shellcheck source-path=SCRIPTDIR source=gitlab-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/gitlab-lib.sh"

job=$(jobs_of "$environment" | jq -r .id)
if [[ -z $job ]]; then
  refuse "No job of this pipeline has handed over $path."
fi
# An approval is for one plan, and a plan for one synthesis.
if [[ $job == *$'\n'* ]]; then
  refuse "The job with the environment $environment ran more than once in this pipeline, so nothing says which result was read."
fi
mkdir -p "$(dirname "$file")"
if [[ $ARTIFACTS == needs ]]; then
  cp "$path" "$file"
  exit 0
fi
get "jobs/$job/artifacts/$path" >"$file"
