#!/usr/bin/env bash
# Measures whether answers that cannot be right come with a warning, and right ones without: documents of foreign kinds in every group
# of the embedded model and in none, and documents of its own groups from fresh seeds. Ten minutes on one core.
# usage: training/grounding.sh [SEED [DOCUMENTS [QUESTIONS [FOREIGN]]]]     FOREIGN: report, or choose (thresholds were chosen on it)
# With REFERENCE=FOLDER the model's own documents are measured first (seeds of their own) into FOLDER/reference.json.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-64000} documents=${2:-4} questions=${3:-120} foreign=training/foreign/${4:-report}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -n "${LLOCO:-}" ]; then read -r -a command <<<"$LLOCO"; else command=(./build.sh lloco); fi
lloco() { "${command[@]}" "$@"; }
mode() { lloco eval --max-new-tokens 8 "$@"; }

if [ -n "${REFERENCE:-}" ]; then
  lloco synth --out "$folder/long" --seed 7001 --documents 8 --tokens 4600 >/dev/null
  lloco synth --out "$folder/short" --seed 7301 --documents 8 --tokens 700 >/dev/null
  lloco synth --out "$folder/plain" --seed 177 --documents 2 --tokens 1500 >/dev/null
  sets=(--data "$folder"/{long,short,plain}/questions.jsonl)
  lloco reference "${sets[@]}" --out "$REFERENCE"
  lloco reference "${sets[@]}" --kind all --out "$REFERENCE"
fi

echo "# documents of other kinds, without an adapter, then in the group of each adapter"
mode --data "$foreign/questions.jsonl" --mode compressed
cp "$foreign"/*.txt "$folder"
for group in ship town workshop all babi fairytale; do
  sed "s/\"group\": \"default\"/\"group\": \"$group\"/" "$foreign/questions.jsonl" >"$folder/$group.jsonl"
  mode --data "$folder/$group.jsonl" --mode lloco expand
done

echo "# documents of its own groups, fresh: several native windows, then less than one"
for tokens in 6000 700; do
  lloco synth --out "$folder/own-$tokens" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  mode --data "$folder/own-$tokens/questions.jsonl" --limit "$questions" --mode lloco expand
done

echo "# the same short documents with one adapter for all, and with that of one group: the other two are foreign to it"
mode --data "$folder/own-700/questions.jsonl" --limit "$questions" --mode lloco --adapter all ship
