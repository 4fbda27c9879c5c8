#!/usr/bin/env bash
# A cluster of plain processes on one machine: silos, a corpus job, and questions. Without arguments it makes practice documents.
#   samples/Cluster/run.sh [SILOS [FOLDER]]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
silos=${1:-3}
folder=${2:-$(mktemp -d)}
tool=(dotnet "$root/src/LLoCO.Tool/bin/Release/net10.0/lloco.dll")
client=(dotnet "$root/samples/Cluster/bin/Release/net10.0/Cluster.dll")
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

[ -f "${tool[1]}" ] || dotnet build "$root/src/LLoCO.Tool" -c Release -v q
[ -f "${client[1]}" ] || dotnet build "$root/samples/Cluster" -c Release -v q
[ -d "$folder/practice" ] || "${tool[@]}" synth --out "$folder/practice" --seed 7 --documents 4 --tokens 2048

pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait' EXIT
for ((i = 0; i < silos; i++)); do
  "${tool[@]}" work --folder "$folder/shared" --index "$folder/shared.db" &
  pids+=($!)
done

for group in ship town workshop; do
  files=("$folder/practice/documents/$group"*)
  "${tool[@]}" jobs start "${files[@]}" --folder "$folder/shared" --group "$group" --watch | tail -1
done
"${client[@]}" "$folder/shared" "$folder/practice/questions.jsonl"
