#!/usr/bin/env bash
# Compares retrieval of this checkout with that of another commit, in one run over the same index files and questions:
#   benchmarks/retrieval-scale.sh BASE_COMMIT [DOCUMENTS…]      (default: 30 3000 10000 100000)
# The base must have LLoCO.Postgres: the measuring program opens both kinds of index. Older ones are measured from a checkout of that time.
# Both programs take turns; each prints one JSON line per turn. QUESTIONS (500), ROUNDS (2) and TURNS (2) may be set, and FOLDER,
# where the index files are kept between runs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
[ $# -ge 1 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
base=$1
shift
[ $# -gt 0 ] || set -- 30 3000 10000 100000
folder=${FOLDER:-$(mktemp -d)}
other=$folder/base
export OMP_NUM_THREADS=1
mkdir -p "$folder"

if [ ! -e "$other/benchmarks/LLoCO.Benchmarks/bin/Release/net10.0/LLoCO.Benchmarks.dll" ]; then
  # The base commit with this checkout's measuring program.
  git -C "$root" worktree add --detach "$other" "$base" >&2
  rm -rf "$other/benchmarks/LLoCO.Benchmarks/Scale"
  cp -r "$root/benchmarks/LLoCO.Benchmarks/Scale" "$root/benchmarks/LLoCO.Benchmarks/ProgramArguments.cs" "$other/benchmarks/LLoCO.Benchmarks/"
  # Its own list of programs, with what else there is today, would not fit.
  echo 'return await LLoCO.Benchmarks.Scale.ScaleProgram.RunAsync(args[1..]);' >"$other/benchmarks/LLoCO.Benchmarks/Program.cs"
  dotnet build "$other/benchmarks/LLoCO.Benchmarks" -c Release -v q --nologo >&2
fi
dotnet build "$root/benchmarks/LLoCO.Benchmarks" -c Release -v q --nologo >&2

run() {
  printf '%s ' "$1"
  dotnet "$2/benchmarks/LLoCO.Benchmarks/bin/Release/net10.0/LLoCO.Benchmarks.dll" scale --index "$folder/$3.db" \
    --documents "$3" --questions "${QUESTIONS:-500}" --rounds "${ROUNDS:-2}"
}

for documents in "$@"; do
  for _ in $(seq "${TURNS:-2}"); do
    run base "$other" "$documents"
    run here "$root" "$documents"
  done
done
[ -n "${FOLDER:-}" ] || { git -C "$root" worktree remove --force "$other"; rm -rf "$folder"; }
