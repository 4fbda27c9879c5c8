#!/usr/bin/env bash
# Measures the embedded model on practice documents of one seed, group by group: one JSON object per mode.
# usage: training/evaluate.sh [SEED [DOCUMENTS [TOKENS]]]
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-31415} documents=${2:-2} tokens=${3:-4600}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for group in ship town workshop; do
  ./build.sh lloco synth --out "$folder/$group" --seed "$seed" --documents "$documents" --tokens "$tokens" --groups "$group" >/dev/null
  echo "$group"
  ./build.sh lloco eval --data "$folder/$group/questions.jsonl" --mode none truncate retrieve compressed lloco --max-new-tokens 8 --json
done
