#!/usr/bin/env bash
# Functions that the other scripts share. They source this file.
#
# variables of every script: those of settings.sh, and
#   GENAUTH_PROTECTED_USERS   JSON such as {"email": ["admin@example.com"]}, where a pipeline has no variable of the type file;
#               the provider gets it as GENAUTH_PROTECTED_USERS_FILE
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
names=()
folders=()
locks=()
extras=()

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints what it reads, but no command to the runner of GitHub Actions: the names of folders and the labels of users can hold
# "##[add-mask]", and what is masked once is missing in the report. It outlives an interruption, because the engine must be able
# to write until it has ended.
without_commands() {
  (trap '' INT TERM && exec sed -u -E -e 's/^([[:space:]]*)::/\1\\::/' -e 's/##\[/#\\#[/g')
}

# Fails if a stack cannot have this name. usage: check_name NAME FOLDER
check_name() {
  local index
  if [[ $1 == *--* || ${#1} -gt 100 ]]; then
    fail "STACKS: the name $1 must have at most 100 characters and no two hyphens in a row, because it stands in reports."
  fi
  case $1 in change | report.md | drift.md | stacks.sha256) fail "STACKS: $1 is the name of a file that these scripts write. Choose another name for this stack." ;; esac
  for index in "${!names[@]}"; do
    if [[ ${names[index]} == "$1" ]]; then fail "STACKS: two stacks are named $1. Give each its own name."; fi
    if [[ ${folders[index]} == "$2" ]]; then fail "STACKS: two stacks have the folder $2. Name each folder once."; fi
  done
}

# Reads STACKS into names, folders and locks, which have one entry for each stack, and extras.
read_stacks() {
  local name folder lock others path
  while read -r name folder lock others; do
    if [[ -z $name || $name == '#'* ]]; then continue; fi
    if [[ ! $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ || -z $lock ]]; then
      fail "STACKS: a line must hold a name, a folder and a lock file, such as \"staff cdktf.out/stacks/staff staff.lock.hcl\". It reads: $name $folder $lock"
    fi
    for path in "$folder" "$lock" $others; do
      if [[ ! $path =~ ^[A-Za-z0-9._][A-Za-z0-9._/-]*$ || /$path/ == */../* ]]; then
        fail "STACKS: $path must be a path inside the repository, of letters, digits, and . _ - /"
      fi
    done
    check_name "$name" "$folder"
    names+=("$name")
    folders+=("$folder")
    locks+=("$lock")
    # shellcheck disable=SC2206 # several paths in one variable
    extras+=($others)
  done <<<"$STACKS"
  if ((${#names[@]} == 0)); then
    fail "STACKS in settings.sh names no stack."
  fi
}

# Prints the SHA-256 of a file.
sha256_of() {
  openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
}

# Fails unless a file has a SHA-256. usage: check_sha256 FILE SHA256 NAME
check_sha256() {
  local found
  found=$(sha256_of "$1")
  if [[ $found != "$2" ]]; then
    fail "$3 is not the one that an earlier job handed over: its SHA-256 is $found, and the job said ${2:-nothing}. Nothing was planned or applied from it. Run the whole pipeline again."
  fi
}

# Gives the provider the users whom no set may delete.
export_protected_users() {
  if [[ -z ${GENAUTH_PROTECTED_USERS:-} ]]; then return; fi
  protected_users=$(mktemp)
  trap 'rm -f "$protected_users"' EXIT
  printf '%s\n' "$GENAUTH_PROTECTED_USERS" >"$protected_users"
  export GENAUTH_PROTECTED_USERS_FILE=$protected_users
}
