#!/usr/bin/env bash
# Fetches the output of the plan job of a merge request, which is read only as data.
#
# usage: gitlab-fetch-plan.sh JOB FOLDER
set -euo pipefail
job=${1:?usage: gitlab-fetch-plan.sh JOB FOLDER}
folder=${2:?usage: gitlab-fetch-plan.sh JOB FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "$folder"
for file in plan.json messages.jsonl; do
  "$here/gitlab-api.sh" GET "jobs/$job/artifacts/plan/$file" --output "$folder/$file"
done
