#!/usr/bin/env bash
# Measures how far the embedded model's compression can be trusted: fidelity, calibration, expansion. One JSON object per line.
# usage: training/trust.sh [SEED [DOCUMENTS [TOKENS]]]      calibration files are written with --out FOLDER in $CALIBRATE
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-6001} documents=${2:-8} tokens=${3:-4600}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
lloco() { ./build.sh lloco "$@"; }
held=$folder/held questions=$folder/held/questions.jsonl
lloco synth --out "$held" --seed "$seed" --documents "$documents" --tokens "$tokens" >/dev/null

echo "# calibration, on documents held out"
for mode in lloco expandalways; do
  lloco calibrate --data "$questions" --mode "$mode" --max-new-tokens 8 --json \
    --plot "artifacts/reliability-$mode.png" ${CALIBRATE:+--out "$CALIBRATE"}
done

echo "# with and without raw passages, practice corpus"
lloco eval --data "$questions" --mode lloco expand expandalways retrieve --max-new-tokens 8 --against lloco --json

echo "# fidelity: own sentences, then the documents' questions"
lloco compress "$held/documents" --index "$folder/own.db" --group ship --fidelity --json
lloco compress "$held/documents" --index "$folder/given.db" --group ship --fidelity --probes "$questions" --json

babi=data/babi
if [ -d "$babi" ]; then
  echo "# with and without raw passages, bAbI"
  for task in qa1 qa2; do
    lloco eval --data "$babi/${task}_valid.txt" --format babi --limit 200 --mode lloco expand expandalways retrieve --adapter "${BABI_ADAPTER:-babi}" \
      --max-new-tokens 4 --against lloco --json
  done
fi
