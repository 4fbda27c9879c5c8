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
#          one and two memories in the prefix, end to end and side by side: attention matching, learned alone, learned beside others
#        training/memories.sh together [SEED [DOCUMENTS [QUESTIONS [TOKENS]]]]
#          one and two learned memories in the prefix, their group's adapter as it was and trained with them (RATES: its learning rates)
#        training/memories.sh readers [SEED [DOCUMENTS [QUESTIONS [TOKENS]]]]
#          one and two memories in the prefix, read with adapters that went on with two documents: summary embeddings, or raw text
#        training/memories.sh stored [SEED [DOCUMENTS [QUESTIONS [TOKENS]]]]
#          memories stored as int8 beside bfloat16, and learned ones that are read with fewer slots
#        training/memories.sh babi DATA [QUESTIONS [TOKENS...]]
#          bAbI's validation questions in books, each with a document of its own; DATA is the folder of public data
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

# beside NAME OPTIONS...: alone and beside one other, in both layouts
beside() {
  local places
  for places in ${PLACES:-endtoend sidebyside}; do
    echo "### $1, $places"
    measure --mode lloco --memory kv --limit "$questions" --distractors 0 1 --places "$places" "${@:2}"
  done
}

if [ "${1:-}" = readers ]; then
  seed=${2:-94000} documents=${3:-16} questions=${4:-240} tokens=${5:-320}
  lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  others=()
  raw=()
  for group in ship town workshop; do
    train=$folder/train-$group
    lloco synth --out "$train" --seed "$((seed + 1))" --documents 32 --tokens "$tokens" --groups "$group" >/dev/null
    own=(--group "$group" --from "src/LLoCO.Models.Tiny/Model/adapters/$group" --hold-out 0 --check 0 --steps "${STEPS:-60}" --epochs 1000
      --learning-rate "${RATE:-0.001}")
    lloco finetune --index "$train.db" --data "$train/questions.jsonl" --out "$folder/others-$group" --distractors 1 "${own[@]}" >/dev/null 2>&1
    others+=("$group=$folder/others-$group")
    # Each document behind or before the next one, and alone.
    mkdir "$train/pairs"
    texts=("$train"/documents/*.txt)
    for i in "${!texts[@]}"; do
      next=${texts[$(((i + 1) % ${#texts[@]}))]}
      if [ $((i % 2)) -eq 0 ]; then pair=("${texts[$i]}" "$next"); else pair=("$next" "${texts[$i]}"); fi
      cat "${pair[@]}" >"$train/pairs/$(basename "${texts[$i]}")"
    done
    sed 's|documents/|pairs/|' "$train/questions.jsonl" | cat "$train/questions.jsonl" - >"$train/both.jsonl"
    lloco finetune --raw --index "$train.db" --data "$train/both.jsonl" --out "$folder/raw-$group" "${own[@]}" >/dev/null 2>&1
    raw+=("$group=$folder/raw-$group")
  done
  for adapter in own "others:$(IFS=, && echo "${others[*]}")" "raw:$(IFS=, && echo "${raw[*]}")"; do
    echo "### ${adapter%%:*}, summary embeddings"
    measure --mode lloco --limit "$questions" --distractors 0 1 --adapter "$adapter"
    for ratio in ${RATIOS:-1 32}; do beside "${adapter%%:*}, ratio $ratio" --ratio "$ratio" --adapter "$adapter"; done
  done
  exit
fi

if [ "${1:-}" = stored ]; then
  seed=${2:-95000} documents=${3:-8} questions=${4:-240} tokens=${5:-640}
  lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  for ratio in ${RATIOS:-8 32}; do
    for storage in bfloat16 int8; do
      kept=(--mode lloco --memory kv --ratio "$ratio" --storage "$storage" --limit "$questions")
      echo "### attention matching, ratio $ratio, $storage"
      measure "${kept[@]}"
      learn "$ratio" "$ratio$storage" --storage "$storage"
      for slots in "" $((tokens / ratio / 2)) $((tokens / ratio / 4)); do
        echo "### learned, ratio $ratio, $storage, ${slots:-all} slots"
        measure "${kept[@]}" --index "$folder/$ratio$storage.db" ${slots:+--read-slots "$slots"}
      done
    done
  done
  exit
fi

if [ "${1:-}" = babi ]; then
  data=${2:?the folder of public data} questions=${3:-20}
  [ $# -gt 3 ] && lengths=("${@:4}") || lengths=(640 4096)
  measure() {
    lloco eval --data "$data"/babi/qa{1,2,3}_valid.txt --format babilong --books "$data/books" --books-except training/books.txt \
      --limit "$questions" --max-new-tokens 8 --tokens "$tokens" "$@" 2>/dev/null | grep questions: | cut -d';' -f1
  }
  for tokens in "${lengths[@]}"; do
    echo "## $tokens tokens"
    measure --mode truncate retrieve lloco
    BASELINES='' rows lloco
  done
  exit
fi

if [ "${1:-}" = together ]; then
  seed=${2:-96000} documents=${3:-16} questions=${4:-240} tokens=${5:-320} ratio=${RATIOS:-32}
  lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
  for rate in ${RATES:-0 0.0003 0.001}; do
    adapter=own
    learn "$ratio" "rate$rate" --adapter-rate "$rate" --distractor-share "${SHARES:-0.5}"
    [ "$rate" = 0 ] || adapter="with:$(for group in ship town workshop; do printf '%s=%s,' "$group" "$folder/rate$rate-$group"; done | sed 's/,$//')"
    beside "learned, ratio $ratio, adapter trained at $rate" --ratio "$ratio" --index "$folder/rate$rate.db" --adapter "$adapter"
  done
  exit
fi

if [ "${1:-}" = learn ] || [ "${1:-}" = beside ]; then
  mode=$1 seed=${2:-92000} documents=${3:-8} questions=${4:-240}
  [ $# -gt 4 ] && lengths=("${@:5}") || lengths=(640 4096)
  for tokens in "${lengths[@]}"; do
    lloco synth --out "$folder" --seed "$((seed + tokens))" --documents "$documents" --tokens "$tokens" >/dev/null
    echo "## $tokens tokens, $mode"
    if [ "$mode" = beside ]; then
      ratio=${RATIOS:-32}
      echo "### summary embeddings"
      measure --mode lloco --limit "$questions" --distractors 0 1
      beside "all tokens" --ratio 1
      beside "attention matching, ratio $ratio" --ratio "$ratio"
      for share in ${SHARES:-0 0.5}; do
        learn "$ratio" "share$share" --distractor-share "$share"
        beside "learned, ratio $ratio, another memory in $share of the passes" --ratio "$ratio" --index "$folder/share$share.db"
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
