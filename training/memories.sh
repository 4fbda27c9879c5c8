#!/usr/bin/env bash
# Measures what key/value memories keep, beside the other modes: one line for each row, with 95 % intervals.
# usage: training/memories.sh [SEED [DOCUMENTS [QUESTIONS [TOKENS...]]]]
#          documents of about 1, 4 and 8 windows of the embedded model (practice corpus, a seed of its own), adapter of each group
#        training/memories.sh open DATA [DOCUMENTS]
#          values to copy from text of unseen words, the model of training/open; DATA is the folder of public data
#        training/memories.sh learn [SEED [DOCUMENTS [QUESTIONS [TOKENS...]]]]
#          learned memories (cartridges) beside attention matching and the other modes, with each group's adapter and without (none);
#          questions of self-study: the forms of training/study-GROUP.json, or STUDY=cloze; STEPS steps for each group
#        training/memories.sh beside [SEED [DOCUMENTS [QUESTIONS [TOKENS]]]]
#          one and two memories in the prefix: attention matching, learned alone, learned beside others
# RATIOS and KEEPS name other rows, MORE more options of theirs; BASELINES= leaves out those at ratio 8.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -n "${LLOCO:-}" ]; then read -r -a command <<<"$LLOCO"; else command=("$PWD/build.sh" lloco); fi
forms=$PWD/training
lloco() { "${command[@]}" "$@"; }
measure() { lloco eval --data "$folder/questions.jsonl" "$@" 2>/dev/null | grep questions: | cut -d';' -f1; }

# rows MODE OPTIONS...: attention matching and the same tokens without the fit at each ratio, then the other baselines
rows() {
  for ratio in ${RATIOS:-4 8 16 32}; do
    for keep in ${KEEPS:-attention highest}; do
      echo "### kv $keep, ratio $ratio"
      measure --mode "$@" --memory kv --ratio "$ratio" --keep "$keep" ${MORE:-}
    done
  done
  [ -n "${BASELINES-x}" ] || return 0
  for keep in last random streaming; do
    echo "### kv $keep, ratio 8"
    measure --mode "$@" --memory kv --ratio 8 --keep "$keep"
  done
}

# learn RATIO NAME OPTIONS...: trains the memories of all groups into the index NAME.db
learn() {
  local ratio=$1 name=$2 group study
  for group in ship town workshop; do
    study=(--study-prompts "$forms/study-$group.json" --study-adapter none --study-confidence 0.9 --study-cache "../study-$group.jsonl")
    [ "${STUDY:-forms}" = forms ] || study=(--study-prompts "$STUDY" --study-pairs 100)
    (cd "$folder/documents" && lloco learn "$group"-*.txt --group "$group" --index "../$name.db" --out "../$name-$group" --ratio "$ratio" \
      --steps "${STEPS:-60}" --hold-out 0 "${study[@]}" "${@:3}" 2>"../$name-$group.log" | grep examples)
  done
}

if [ "${1:-}" = learn ] || [ "${1:-}" = beside ]; then
  mode=$1 seed=${2:-92000} documents=${3:-8} questions=${4:-240}
  [ $# -gt 4 ] && lengths=("${@:5}") || lengths=(640 4096)
  for tokens in "${lengths[@]}"; do
    lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
    echo "## $tokens tokens, $mode"
    if [ "$mode" = beside ]; then
      ratio=${RATIOS:-32}
      measure --mode lloco --memory kv --ratio "$ratio" --limit "$questions" --distractors 0 1
      for share in 0 0.5; do
        echo "### learned, ratio $ratio, another memory in $share of the passes"
        learn "$ratio" "share$share" --distractor-share "$share"
        measure --mode lloco --memory kv --ratio "$ratio" --index "$folder/share$share.db" --limit "$questions" --distractors 0 1
      done
    else
      measure --mode truncate retrieve lloco --limit "$questions"
      [ "$tokens" -gt 900 ] || for adapter in own none; do measure --mode full --adapter "$adapter" --limit "$questions"; done
      for ratio in ${RATIOS:-8 32}; do
        for adapter in ${ADAPTERS:-own none}; do
          echo "### ratio $ratio, adapter $adapter: attention matching, learned"
          measure --mode lloco --memory kv --ratio "$ratio" --adapter "$adapter" --limit "$questions"
          if [ "$adapter" = own ]; then learn "$ratio" "$ratio$adapter"; else learn "$ratio" "$ratio$adapter" --adapter "$adapter"; fi
          measure --mode lloco --memory kv --ratio "$ratio" --adapter "$adapter" --index "$folder/$ratio$adapter.db" --limit "$questions"
        done
      done
    fi
    rm -rf "${folder:?}"/*
  done
  exit
fi

if [ "${1:-}" = open ]; then
  data=${2:?the folder of public data}
  dotnet build training/TinyModel -c Release --nologo -v quiet
  tiny() { dotnet training/TinyModel/bin/Release/net10.0/TinyModel.dll "$@"; }
  mkdir "$folder/runs"
  cp -r training/open/5-ratio training/open/tokenizer.model "$folder/runs"
  tiny export training/stages-open.json 5-ratio "$folder/runs" "$folder/model"
  sed -i 's/"prompt":"[^"]*"/"prompt":"{question}"/' "$folder/model/lloco.json" # asked in the words of the stage
  tiny open-questions training/stages-open.json 5-ratio "$folder/runs" "$data" "$folder" "${3:-70}" 1
  own=(--model "$folder/model" --max-new-tokens 12)
  measure --mode none full compressed "${own[@]}"
  rows compressed "${own[@]}"
  exit
fi

seed=${1:-91000} documents=${2:-6} questions=${3:-160}
[ $# -gt 3 ] && lengths=("${@:4}") || lengths=(640 4096 8192)
for tokens in "${lengths[@]}"; do
  lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  echo "## $tokens tokens"
  measure --mode truncate retrieve lloco --limit "$questions"
  [ "$tokens" -gt 900 ] || measure --mode full --limit "$questions"
  rows lloco --limit "$questions"
  rm -rf "$folder"/*
done
