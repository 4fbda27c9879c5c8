#!/usr/bin/env bash
# The figures of docs/scale.md, "What it costs": benchmarks/cluster.sh [FOLDER]
# First what one silo needs, in processor time: to start, until its code is compiled, for a document, for 1,000 tokens. Then runs of one, two
# and three silos, none of which the figures come from, beside what these predict. It fails if one is further off than WITHIN percent (25).
# FOLDER keeps the practice documents. ROUNDS fresh silos (3) are started for the first two figures, and each run is made RUNS times (2); with
# SHORT=1 the runs over 40 documents are left out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
[ $# -gt 0 ] || trap 'rm -rf "$folder"' EXIT
export OMP_NUM_THREADS=1 DOTNET_gcServer=0 LC_ALL=C
tool=$root/src/LLoCO.Tool/bin/Release/net10.0/lloco.dll
dotnet build "$root/src/LLoCO.Tool" -c Release --nologo -v quiet >&2
lloco() { dotnet "$tool" "$@"; }
ticks=$(getconf CLK_TCK)
pids=()

documents() { # NAME DOCUMENTS TOKENS: a folder of them
  [ -d "$folder/$1" ] || lloco synth --out "$folder/$1" --seed 7 --groups ship --documents "$2" --tokens "$3" >&2
}

start() { # SILOS: fresh ones over an empty index; waits until they work
  run=$(mktemp -d "$folder/run.XXXX")
  pids=()
  for ((i = 0; i < $1; i++)); do
    dotnet "$tool" work --folder "$run/shared" --index "$run/shared.db" >"$run/silo$i" 2>&1 &
    pids+=($!)
  done
  for ((i = 0; i < $1; i++)); do
    until grep -q 'working as' "$run/silo$i"; do
      kill -0 "${pids[i]}" || { cat "$run/silo$i" >&2; exit 1; }
      sleep 0.1
    done
  done
}

stop() {
  kill "${pids[@]}"
  wait "${pids[@]}" || true
  rm -rf "$run"
}

used() { # processor seconds of the silos so far
  local stat total=0 rest
  for pid in "${pids[@]}"; do
    stat=$(<"/proc/$pid/stat")
    read -ra rest <<<"${stat##*) }"
    total=$((total + rest[11] + rest[12]))
  done
  awk "BEGIN { printf \"%.2f\", $total / $ticks }"
}

job() { # PREFIX FILE…: compresses them; prints the number of tokens
  local prefix=$1
  shift
  lloco jobs start "$@" --folder "$run/shared" --group ship --prefix "$prefix" --watch --json | tail -1 |
    sed 's/.*"tokens":\([0-9]*\).*/\1/'
}

calc() { awk "BEGIN { printf \"%.3f\", $1 }"; }

documents short 40 1024
documents middle 10 2048
documents long 10 3072
short=("$folder"/short/documents/*) middle=("$folder"/middle/documents/*) long=("$folder"/long/documents/*)

# One silo, whose code is compiled: two jobs of other lengths give the costs of a document and of a token.
start 1
job warm "${short[@]:20:20}" >/dev/null
before=$(used); tokens1=$(job one "${short[@]:0:20}"); time1=$(calc "$(used) - $before")
before=$(used); tokens2=$(job two "${long[@]}"); time2=$(calc "$(used) - $before")
before=$(used); sleep 20; idle=$(calc "($(used) - $before) / 20")
stop
thousand=$(calc "1000 * ($time2 - $time1 * ${#long[@]} / 20) / ($tokens2 - $tokens1 * ${#long[@]} / 20)")
document=$(calc "($time1 - $thousand * $tokens1 / 1000) / 20")

# Fresh silos: until they work, and what the first two documents cost beyond those of a silo whose code is compiled.
begin=0 compile=0 rounds=${ROUNDS:-3}
for ((round = 0; round < rounds; round++)); do
  start 1
  ready=$(used)
  tokens=$(job first "${short[@]:38:2}")
  begin=$(calc "$begin + $ready / $rounds")
  compile=$(calc "$compile + ($(used) - $ready - 2 * $document - $thousand * $tokens / 1000) / $rounds")
  stop
done
printf 'start of a silo %s s, its first documents %s s more, a document %s s, 1,000 tokens %s s, idle %s s each second\n' \
  "$begin" "$compile" "$document" "$thousand" "$idle"

wrong=0
check() { # SILOS NAME FILE…
  local silos=$1 name=$2 tokens predicted measured from to
  shift 2
  for ((round = 0; round < ${RUNS:-2}; round++)); do
    start "$silos"
    from=$(date +%s.%N)
    tokens=$(job check "$@")
    to=$(date +%s.%N)
    measured=$(used)
    predicted=$(calc "$silos * ($begin + $compile) + $# * $document + $thousand * $tokens / 1000")
    stop
    awk -v silos="$silos" -v name="$name" -v p="$predicted" -v m="$measured" -v w="$(calc "$to - $from")" -v t="$tokens" -v within="${WITHIN:-25}" 'BEGIN {
      off = 100 * (m - p) / p
      printf "%s silos, %s (%d tokens): predicted %.1f s, measured %.1f s (%+.0f %%); %.1f s by the clock\n", silos, name, t, p, m, off, w
      exit (off > within || off < -within) }' || wrong=1
  done
}

check 1 "4 documents of 2,000 tokens" "${middle[@]:0:4}"
[ -n "${SHORT:-}" ] || check 1 "40 short documents" "${short[@]}"
[ -n "${SHORT:-}" ] || check 2 "40 short documents" "${short[@]}"
check 3 "4 documents of 2,000 tokens" "${middle[@]:4:4}"
check 3 "10 long documents" "${long[@]}"
[ -n "${SHORT:-}" ] || check 3 "40 short documents" "${short[@]}"
uptime >&2
exit $wrong
