#!/usr/bin/env bash
# Makes the table of the embedded model: every mode over practice documents of a fresh seed, bAbI hidden in books that training never
# read, and FairytaleQA; and the needles. Writes OUT/table.md and a page for each part.
#
#   training/evaluate.sh [OUT]              default artifacts/evaluation; stopped at any instant, the same command goes on there
#
# With the sizes below about a quarter of an hour on two cores; all can be set in the environment:
#   SEED=93000                     seed of the practice documents; no model has seen any from 0 on
#   WINDOWS="8 28"                 their lengths in native windows
#   PRACTICE_QUESTIONS=60          questions asked of each
#   BABI_TASKS="qa1 qa2 qa3 qa5"   tasks, valid split
#   BABI_TOKENS="1024 2048 4096 8192 16384 28672"
#   BABI_QUESTIONS=8               questions of each task and length; each has a document of its own
#   FAIRYTALE_QUESTIONS=100        questions of the validation stories
#   NEEDLE_WINDOWS=28              longest document of the needle grid
#   PARTS="practice babi fairytale needle"
#   DATA=data                      where babi, books and fairytaleqa are; parts without their data are left out
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-artifacts/evaluation}
: "${SEED:=93000}" "${WINDOWS:=8 28}" "${PRACTICE_QUESTIONS:=60}" "${BABI_TASKS:=qa1 qa2 qa3 qa5}"
: "${BABI_TOKENS:=1024 2048 4096 8192 16384 28672}" "${BABI_QUESTIONS:=8}" "${FAIRYTALE_QUESTIONS:=100}" "${NEEDLE_WINDOWS:=28}"
: "${PARTS:=practice babi fairytale needle}" "${DATA:=data}"
model=src/LLoCO.Models.Tiny/Model
modes=(none truncate full retrieve compressed lloco)
window=$(sed -nE 's/.*"max_position_embeddings": *([0-9]+).*/\1/p' $model/config.json)
mkdir -p "$out"

# shellcheck source=training/raw-adapter.sh
. training/raw-adapter.sh
read -r -a raw <<<"$(raw_adapter $model)"

wanted() { [[ " $PARTS " == *" $1 "* ]]; }
adapter() { [ -e "$model/adapters/$1/adapter_config.json" ]; }
say() { printf 'evaluate.sh: %s\n' "$*" >&2; }

# Prints the adapters of the rows: the group's own, another's, and one trained on all groups where the model ships one.
readers() {
  printf 'own\n'
  printf 'other:%s\n' "$1"
  if adapter all; then printf 'all\n'; fi
}

section() { printf '## %s\n\n' "$1" >"$out/$2.md"; sed 's/^## /### /' "$out/$2/report.md" >>"$out/$2.md"; }

if wanted practice; then
  sets=()
  for windows in $WINDOWS; do
    for group in ship town workshop; do
      folder=$out/documents/$group-$windows-windows
      [ -d "$folder" ] ||
        ./build.sh lloco synth --out "$folder" --seed "$SEED" --tokens $((windows * window)) --groups $group >/dev/null
      sets+=("$group-$windows=$folder/questions.jsonl")
    done
  done
  mapfile -t adapters < <(readers ship=town,town=workshop,workshop=ship)
  say "practice documents: ${#sets[@]} of up to $WINDOWS native windows of $window"
  ./build.sh lloco eval --data "${sets[@]}" --limit "$PRACTICE_QUESTIONS" --mode "${modes[@]}" --adapter "${adapters[@]}" \
    ${raw[@]+"${raw[@]}"} --max-new-tokens 8 --leave-out --report "$out/practice" --index "$out/practice.db" >"$out/practice.txt"
  section "Practice documents, seed $SEED" practice
fi

if wanted babi && [ -d "$DATA/babi" ] && [ -d "$DATA/books" ]; then
  files=()
  for task in $BABI_TASKS; do files+=("$task=$DATA/babi/${task}_valid.txt"); done
  own=own; adapter babi || own=none
  mapfile -t adapters < <(readers babi=ship)
  say "bAbI in books: $BABI_TASKS at $BABI_TOKENS tokens"
  ./build.sh lloco eval --data "${files[@]}" --format babilong --books "$DATA/books" --books-except training/books.txt \
    --tokens $BABI_TOKENS --limit "$BABI_QUESTIONS" --mode "${modes[@]}" --adapter $own "${adapters[@]:1}" \
    ${raw[@]+"${raw[@]}"} --max-new-tokens 8 --leave-out --report "$out/babi" --index "$out/babi.db" >"$out/babi.txt"
  section "bAbI in books (BABILong's recipe), valid split" babi
fi

if wanted fairytale && [ -d "$DATA/fairytaleqa" ]; then
  own=own; adapter fairytale || own=none
  mapfile -t adapters < <(readers fairytale=ship)
  say "FairytaleQA, validation"
  ./build.sh lloco eval --data "$DATA/fairytaleqa/questions/val" --format fairytaleqa --limit "$FAIRYTALE_QUESTIONS" --metric f1 \
    --mode "${modes[@]}" --adapter $own "${adapters[@]:1}" ${raw[@]+"${raw[@]}"} --max-new-tokens 24 --leave-out \
    --report "$out/fairytale" --index "$out/fairytale.db" >"$out/fairytale.txt"
  section "FairytaleQA, validation, whole stories" fairytale
fi

if wanted needle; then
  say "needles up to $NEEDLE_WINDOWS native windows"
  ./build.sh lloco needle --seed "$SEED" --windows "$NEEDLE_WINDOWS" ${raw[@]+"${raw[@]}"} --max-new-tokens 8 \
    --out "$out/needle" >"$out/needle.txt"
  { printf '## Needles\n\n```\n'; cat "$out/needle.txt"; printf '```\n'; } >"$out/needle.md"
fi

for part in practice babi fairytale needle; do
  if [ -e "$out/$part.md" ]; then cat "$out/$part.md"; echo; fi
done >"$out/table.md"
say "the tables are in $out/table.md, the pages in $out/*/index.html"
