#!/usr/bin/env bash
# Prints as Markdown what changes in user files, for pull requests that cannot be planned because they get no key.
#
# usage: diff.sh BRANCH
#   BRANCH is the target of the pull request; a checkout of its whole history must be here
# variables: USER_FILES of settings.sh
set -euo pipefail
branch=${1:?usage: diff.sh BRANCH}
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
read -ra files <<<"$USER_FILES"

# Attributes of the checkout, such as -diff, must not empty the diff, and no program of the configuration may write it.
diff=$(git diff --no-ext-diff --no-textconv --no-color --text "refs/remotes/origin/$branch...HEAD" -- "${files[@]}" |
  # A bare carriage return ends a line in Markdown, and could end the block.
  tr '\r' '\n' | tr -d '\000-\010\013-\037\177' | cut -c 1-1000)
if [[ -z $diff ]]; then
  echo "The user files do not change: $USER_FILES."
  exit 0
fi
if grep -q '^[ +-]version https://git-lfs' <<<"$diff"; then
  echo "**A user file is stored with Git LFS: this shows only that it changes, not who leaves.** Store it as an ordinary file."
  echo
fi
fence='```'
while [[ $diff == *"$fence"* ]]; do fence+='`'; done
limit=500000
printf '%sdiff\n%s\n%s\n' "$fence" "${diff:0:limit}" "$fence"
if ((${#diff} > limit)); then
  echo "The diff is longer, and was cut here: $((${#diff} - limit)) characters are missing. Read the files themselves."
fi
