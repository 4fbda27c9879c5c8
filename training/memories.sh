#!/usr/bin/env bash
# Measures what key/value memories keep of documents of about 1, 4 and 8 windows, beside the other modes, with the embedded model and the
# adapter of each group: practice corpus, seeds of its own. One line for each row, with 95 % intervals.
# usage: training/memories.sh [SEED [DOCUMENTS [QUESTIONS [TOKENS…]]]]
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-91000} documents=${2:-6} questions=${3:-160}
[ $# -gt 3 ] && lengths=("${@:4}") || lengths=(640 4096 8192)
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -n "${LLOCO:-}" ]; then read -r -a command <<<"$LLOCO"; else command=(./build.sh lloco); fi
lloco() { "${command[@]}" "$@"; }
measure() { lloco eval --data "$folder/questions.jsonl" --limit "$questions" "$@" 2>/dev/null | grep questions: | cut -d';' -f1; }

for tokens in "${lengths[@]}"; do
  lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  echo "## $tokens tokens"
  echo "### text, and summary embeddings"
  measure --mode truncate retrieve lloco
  [ "$tokens" -gt 900 ] || measure --mode full
  for ratio in ${RATIOS:-4 8 16 32}; do
    for keep in ${KEEPS:-attention highest}; do
      echo "### kv $keep, ratio $ratio"
      measure --mode lloco --memory kv --ratio "$ratio" --keep "$keep" ${MORE:-}
    done
  done
  [ -n "${BASELINES-x}" ] && for keep in last random streaming; do
    echo "### kv $keep, ratio 8"
    measure --mode lloco --memory kv --ratio 8 --keep "$keep"
  done
  rm -rf "$folder"/*
done
