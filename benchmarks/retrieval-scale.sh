#!/usr/bin/env bash
# Compares retrieval of this checkout with that of another commit, in one run over the same documents and questions:
#   benchmarks/retrieval-scale.sh BASE_COMMIT [DOCUMENTS…]      (default: 30 3000 10000 100000)
# Any base back to the first index files (1d31256 was tried) will do: only the part of the measuring program that it can compile is built with
# it. Each program fills an index file of its own, since files of one version cannot be read by the version before.
# Both programs take turns; each prints one JSON line per turn. QUESTIONS (500), ROUNDS (2) and TURNS (2) may be set, and FOLDER,
# where documents, index files and the base are kept between runs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
[ $# -ge 1 ] || { sed -n '2,7p' "$0" >&2; exit 2; }
base=$(git -C "$root" rev-parse --short "$1^{commit}")
shift
[ $# -gt 0 ] || set -- 30 3000 10000 100000
folder=${FOLDER:-$(mktemp -d)}
other=$folder/base-$base
program=benchmarks/LLoCO.Benchmarks
built=$program/bin/Release/net10.0/LLoCO.Benchmarks.dll
export OMP_NUM_THREADS=1
mkdir -p "$folder"

# The base commit with this checkout's measuring program in place of its own, and without today's rules of style.
[ -e "$other" ] || git -C "$root" worktree add --detach "$other" "$base" >&2
find "$other/$program" -name '*.cs' -not -path '*/obj/*' -delete
cp -p "$root/$program/Scale/ScaleProgram.cs" "$root/$program/Scale/ScaleCorpus.cs" "$root/$program/ProgramArguments.cs" "$other/$program/"
cat >"$other/$program/Program.cs" <<'PROGRAM'
using LLoCO.Core.Index;

return await LLoCO.Benchmarks.Scale.ScaleProgram.RunAsync(
    args[1..],
    file => Task.FromResult<IRetrievalIndex>(SqliteRetrievalIndex.Open(file)),
    (_, _) => throw new InvalidOperationException("the documents were not written yet"));
PROGRAM
dotnet build "$other/$program" -c Release -v q --nologo -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false >&2
dotnet build "$root/$program" -c Release -v q --nologo >&2

run() {
  printf '%s ' "$1"
  dotnet "$2/$built" scale --index "$folder/$1-$3.db" --corpus "$folder/$3.jsonl" \
    --documents "$3" --questions "${QUESTIONS:-500}" --rounds "${ROUNDS:-2}"
}

for documents in "$@"; do
  for _ in $(seq "${TURNS:-2}"); do
    run here "$root" "$documents"
    run "$base" "$other" "$documents"
  done
done
[ -n "${FOLDER:-}" ] || { git -C "$root" worktree remove --force "$other"; rm -rf "$folder"; }
