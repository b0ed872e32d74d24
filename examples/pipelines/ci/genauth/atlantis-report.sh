#!/usr/bin/env bash
# Prints the reports of a plan for Atlantis, which writes them as a comment, between two fences of backticks.
#
# usage: atlantis-report.sh OUT
#   OUT is that of plan.sh.
# variables: those of lib.sh
set -euo pipefail
out=${1:?usage: atlantis-report.sh OUT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

code=0
"$here/report.sh" "$out" >&2 || code=$?
# A line that begins with a fence would end the block, and what follows would be Markdown: a heading, a link, "Nobody leaves".
# Labels and messages are the author's words.
cat "$out"/*/report.txt | sed -E 's/^([[:space:]]*)(`|~)/\1\\\2/'
exit "$code"
