#!/usr/bin/env bash
# Measures prefixes of several documents: accuracy with 1, 2 and 4 documents in front of a question, of an adapter trained with one
# document and of one trained among up to three others. Documents never trained on. Minutes on one core.
# usage: training/distractors.sh [GROUP [SEED [STEPS [MODEL]]]]
set -euo pipefail
cd "$(dirname "$0")/.."
group=${1:-ship} seed=${2:-53000} steps=${3:-120}
model=(${4:+--model "$4"})
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
lloco() { ./build.sh lloco "$@"; }

lloco synth --out "$folder/train" --seed "$seed" --documents 64 --tokens 1200 --groups "$group" >/dev/null
lloco synth --out "$folder/test" --seed "$((seed + 1))" --documents 16 --tokens 1200 --groups "$group" >/dev/null
for others in 0 3; do
  lloco finetune "${model[@]}" --index "$folder/train.db" --data "$folder/train/questions.jsonl" --out "$folder/trained-among-$others" \
    --distractors "$others" --steps "$steps" --epochs 1000 --hold-out 0 >/dev/null
done
lloco eval "${model[@]}" --data "$folder/test/questions.jsonl" --index "$folder/test.db" --mode lloco --distractors 0 1 3 --max-new-tokens 8 \
  --adapter "$folder/trained-among-0" "$folder/trained-among-3"
