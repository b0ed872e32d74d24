#!/usr/bin/env bash
# Prints the digest at the end of a report.
#
# usage: digest-of.sh <report.md
# Only the last line counts: no text from a user file or the engine can be there.
set -euo pipefail

digest=$(tr -d '\r' | sed -e '/^[[:space:]]*$/d' | tail -n 1 |
  sed -n 's/^<sub>Digest of the removals: `\([a-z0-9-]*:[0-9a-f]*\)`<\/sub>$/\1/p')
if [[ -z $digest ]]; then
  echo "There is no report that ends with a digest, so nothing was approved. Run the plan of the pull request again." >&2
  exit 1
fi
echo "$digest"
