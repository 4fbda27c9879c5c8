#!/usr/bin/env bash
# Measures learning without labels on documents never trained on: no adapter, an adapter from labels, one from self-study (the same
# documents, steps and rates; its questions are forms filled with names of the text, its answers the base model's own, from raw
# text). Minutes on one core.
# usage: training/selfstudy.sh [GROUP [SEED [STEPS [MODEL]]]]
set -euo pipefail
cd "$(dirname "$0")/.."
group=${1:-ship} seed=${2:-52000} steps=${3:-60}
model=(${4:+--model "$4"})
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
lloco() { ./build.sh lloco "$@"; }
train() {
  lloco finetune "${model[@]}" --index "$folder/train.db" --out "$folder/$1" --steps "$steps" --epochs 1000 --hold-out 0 "${@:2}" >/dev/null
}

lloco synth --out "$folder/train" --seed "$seed" --documents 16 --tokens 1200 --groups "$group" >/dev/null
lloco synth --out "$folder/test" --seed "$((seed + 1))" --documents 8 --tokens 2400 --groups "$group" >/dev/null
lloco compress "${model[@]}" "$folder/train/documents" --index "$folder/train.db" --group "$group" >/dev/null
study=(--self-study --study-prompts "training/study-$group.json" --study-adapter none --study-confidence 0.9)
train labels --data "$folder/train/questions.jsonl"
train self-study "${study[@]}" --study-questions "$folder/pairs.jsonl"
train answers-only "${study[@]}" --study-top-logits 0
head -n 5 "$folder/pairs.jsonl"
lloco eval "${model[@]}" --data "$folder/test/questions.jsonl" --index "$folder/test.db" --mode compressed lloco --max-new-tokens 8 \
  --adapter "$folder/labels" "$folder/self-study" "$folder/answers-only"
