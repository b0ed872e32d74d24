#!/usr/bin/env bash
# Keeps one issue about the drift of each stack, and changes it only if other people are in it: nobody is told the same twice.
#
# usage: github-issue.sh OUT
#   OUT is that of drift.sh
# variables: those of lib.sh, GH_TOKEN (issues: write), and those that GitHub sets
set -euo pipefail
out=${1:?usage: github-issue.sh OUT}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_stacks
content=$(mktemp)
trap 'rm -f "$content"' EXIT

api() {
  gh api --method "$1" "repos/$GITHUB_REPOSITORY/$2" --input - >/dev/null
}

issues=$(gh api "repos/$GITHUB_REPOSITORY/issues?labels=genauth-drift&state=all&per_page=100")
for name in "${names[@]}"; do
  # Users whom GenAuth did not answer for are no drift.
  people=$(jq -r '[(.missing[] | "missing \(.set) \(.id)"), (.survivors[] | "survivor \(.set) \(.id)"),
    (.undeclared[] | "undeclared \(.user_id)")] | sort[]' "$out/$name/drift.json")
  set=none
  if [[ -n $people ]]; then set=$(printf '%s' "$people" | openssl dgst -sha256 -r | cut -d ' ' -f 1); fi
  marker="<!-- genauth-users:drift stack=$name people="
  # The newest issue that this workflow wrote, open or not.
  issue=$(jq -c --arg marker "$marker" \
    '[.[] | select(.user.login == "github-actions[bot]" and ((.body // "") | startswith($marker)))][0] // empty' <<<"$issues")
  before=none
  if [[ -n $issue ]]; then before=$(jq -r --arg marker "$marker" '.body[($marker | length):] | split(" ")[0]' <<<"$issue"); fi
  if [[ $before == "$set" ]]; then continue; fi

  title=$(sed -n 's/^## //p' "$out/$name/drift.md" | head -n 1)
  { printf '%s%s -->\n' "$marker" "$set" && cat "$out/$name/drift.md"; } >"$content"
  # shellcheck disable=SC2016 # jq's variables
  write='{title: "\($name): \($title)", body: $content, labels: ["genauth-drift"], state: $state} | if $state == "" then del(.state) else . end'
  state=open
  if [[ $set == none ]]; then state=closed; fi
  if [[ -n $issue && ($set == none || $(jq -r .state <<<"$issue") == open) ]]; then
    number=$(jq -r .number <<<"$issue")
    jq -n --arg name "$name" --arg title "$title" --rawfile content "$content" --arg state "$state" "$write" | api PATCH "issues/$number"
    # Nobody is told about a change of an issue, but about a comment.
    jq -n --arg title "$title" '{body: $title}' | api POST "issues/$number/comments"
  else
    jq -n --arg name "$name" --arg title "$title" --rawfile content "$content" --arg state "" "$write" | api POST issues
  fi
done
