#!/usr/bin/env bash
# open.sh DATA RUNS [STAGE…]: the stages of the open vocabulary on one core, from the weights that are kept in training/open.
# DATA is the folder of public data, RUNS a folder for checkpoints; without stages, those that follow on the kept ones.
# `open.sh DATA RUNS all` begins anew. With PLAN=open-8x, those of 16 summary embeddings per segment, which begin with training/open.
# A run that ends, or is ended, goes on where it was when the same command is given again.
set -euo pipefail

data=${1:?the folder of public data}
runs=${2:?a folder for checkpoints}
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
plan=$root/training/stages-${PLAN:-open}.json
folder=$root/training/${PLAN:-open}
names=$(grep -o '"name": "[^"]*"' "$plan" | cut -d'"' -f4)
kept=$(basename "$folder"/*/)

dotnet build "$root/training/TinyModel" -c Release --nologo -v quiet
train() { OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} dotnet "$root/training/TinyModel/bin/Release/net10.0/TinyModel.dll" "$@"; }
mkdir -p "$runs"
if [ "${1:-}" = all ]; then
  stages=$names
  if [ "${PLAN:-open}" = open-8x ] && [ ! -e "$runs/grown" ]; then
    cp "$root/training/open/tokenizer.model" "$runs"
    train grow "$root/training/stages-open.json" "$root/training/open" 5-ratio "$plan" "$runs" grown
  fi
else
  stages=${*:-$(sed "1,/^$kept\$/d" <<<"$names")}
  [ -e "$runs/$kept" ] || cp -r "$folder/$kept" "$root/training/open/tokenizer.model" "$runs"
fi
[ -e "$runs/tokenizer.model" ] || (cd "$root" && train open-tokenizer "$runs/tokenizer.model" "$data")
for stage in $stages; do
  train stage "$plan" "$stage" "$runs" "$data"
  train open-check "$plan" "$stage" "$runs" "$data"
done
