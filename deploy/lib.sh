# Shared by the commands of deploy/ and .ci/: sourced, never run.
# shellcheck shell=bash

say() { printf '==> %s\n' "$*" >&2; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# step <what> <command...>: says what is being done, does it, says how long it took. What the
# command prints goes to standard error and is shown only if it fails, or with VERBOSE=1.
step() {
  local what=$1 started=$SECONDS log status=0
  shift
  say "$what"
  if [[ ${VERBOSE:-0} == 1 ]]; then
    "$@" >&2 || status=$?
  else
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    ((status == 0)) || cat "$log" >&2
    rm -f "$log"
  fi
  ((status == 0)) || fail "$what: failed with status $status after $((SECONDS - started)) s"
  say "$what: done in $((SECONDS - started)) s"
}

# Builds use every core, but leave about 1.5 GB of memory to each compiler.
build_jobs() {
  local cores memory_kb by_memory
  cores=$(nproc)
  memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((memory_kb / 1500000))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}
