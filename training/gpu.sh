#!/usr/bin/env bash
# gpu.sh DATA RUNS [MINUTES]: the stages of the open vocabulary on an NVIDIA GPU, 12 minutes by default.
# DATA is the folder of public data, RUNS a folder for checkpoints. A run that ends, or is ended, goes on where it was when the same
# command is given again. Needs the NVIDIA driver; the libtorch for CUDA comes from NuGet (some 2 GB).
set -euo pipefail

data=${1:?the folder of public data}
runs=${2:?a folder for checkpoints}
minutes=${3:-12}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
plan=$root/training/stages-gpu.json

dotnet build "$root/training/TinyModel" -c Release -p:Backend=cuda -o "$runs/bin" --nologo -v quiet
train="dotnet $runs/bin/TinyModel.dll"
[ -e "$runs/tokenizer.model" ] || (cd "$root" && $train open-tokenizer "$runs/tokenizer.model" "$data")

# The clock begins when all is built: a borrowed GPU is paid from here on.
end=$((SECONDS + 60 * minutes))
for stage in $(grep -o '"name": "[^"]*"' "$plan" | cut -d'"' -f4); do
  left=$((end - SECONDS))
  [ "$left" -gt 10 ] || break
  timeout --signal=TERM "$left" $train stage "$plan" "$stage" "$runs" "$data" --device cuda || {
    [ $? -eq 124 ] && break
    exit 1
  }
  $train open-check "$plan" "$stage" "$runs" "$data" | tee -a "$runs/curve.jsonl"
done
echo "stopped after $((SECONDS / 60)) minutes; metrics.jsonl beside each checkpoint in $runs" >&2
