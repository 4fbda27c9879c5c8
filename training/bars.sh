#!/usr/bin/env bash
# Measures the embedded model against its bars: a row per bar with the value, its 95 % interval, n, the bar, met or missed, and the command.
# Writes OUT/bars.md, and the answers behind it, and prints the table.
#
#   training/bars.sh [OUT]                  default artifacts/bars; stopped at any instant, the same command goes on there
#
# Parts run side by side, one core each. All can be set in the environment:
#   PARTS="babi-28k babi-8k ..."            see `parts` below; those whose data are absent are left out
#   JOBS=2                                  parts at a time
#   DATA=data                               where babi, books and fairytaleqa are
#   SEED=5551000                            practice documents: three middle names
#   EASY_SEED=2551                          practice documents without middle names: a seed below 4,096
#   HARD_SEED=300005551                     practice documents with four middle names: a seed from 268,435,456 on
#   NEEDLE_SEED=5551000  BABI_SEED=7717  OWN_SEED=7717  OPEN_SEED=7717
#   OPEN_STAGE=12-groups                    the stage whose make of documents the open model is asked about
#   PRACTICE_QUESTIONS=180                  of all three groups together, in each row
#   BABI_QUESTIONS=100  BABI_LONG_QUESTIONS=100  of each task at 8k and 28k tokens, a document each; 100 long ones take a core 12 minutes
#   NEEDLE_COLUMNS=10                       lengths of the needle grid, each with ten depths
#   FAIRYTALE_QUESTIONS=100  BOOKS=64
#   BASELINES="truncate retrieve"           raw-text rows beside the summaries; empty for none
#   BABI_BASELINES=                         the same for bAbI, at the cost of as much time again
#   LLOCO="./build.sh lloco"                for which "lloco" stands in the commands of the table
# docs/training.md says which seeds are spent.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-artifacts/bars}
parts="babi-28k own-base own-study babi-8k practice-hard practice practice-easy own own-known needle open fairytale demo book"
: "${PARTS:=$parts}" "${JOBS:=2}" "${DATA:=data}"
: "${SEED:=5551000}" "${EASY_SEED:=2551}" "${HARD_SEED:=300005551}"
: "${NEEDLE_SEED:=5551000}" "${BABI_SEED:=7717}" "${OWN_SEED:=7717}" "${OPEN_SEED:=7717}" "${OPEN_STAGE:=12-groups}"
: "${PRACTICE_QUESTIONS:=180}" "${BABI_QUESTIONS:=100}" "${BABI_LONG_QUESTIONS:=100}" "${NEEDLE_COLUMNS:=10}"
: "${FAIRYTALE_QUESTIONS:=100}" "${BOOKS:=64}" "${BASELINES=truncate retrieve}" "${BABI_BASELINES=}"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
model=src/LLoCO.Models.Tiny/Model
window=$(sed -nE 's/.*"max_position_embeddings": *([0-9]+).*/\1/p' $model/config.json)
if [ -n "${LLOCO:-}" ]; then read -r -a command <<<"$LLOCO"; else command=(./build.sh lloco); fi
tiny=(dotnet training/TinyModel/bin/Release/net10.0/TinyModel.dll)
sample=(dotnet samples/FinetuneDomain/bin/Release/net10.0/FinetuneDomain.dll)
mkdir -p "$out/rows"
# shellcheck source=training/raw-adapter.sh
. training/raw-adapter.sh

# reads MODES: leaves the raw-text modes in $baselines and the adapter that reads them in $raw.
reads() {
  read -r -a baselines <<<"$1"
  raw=()
  [ ${#baselines[@]} -eq 0 ] || read -r -a raw <<<"$(raw_adapter $model)"
}

lloco() { "${command[@]}" "$@"; }
say() { printf 'bars.sh: %s\n' "$*" >&2; }
die() { say "$1"; exit 1; }
# keep NAME COMMAND…: what the command prints comes into OUT/NAME.txt, unless it is there, and the command itself into OUT/NAME.command.
keep() {
  local file=$out/$1 words
  shift
  words=$(printf '%q ' "$@")
  [ ! -e "$file.command" ] || [ "$(cat "$file.command")" = "${words% }" ] ||
    die "$file.command was another: take another OUT for other sizes and seeds."
  [ ! -e "$file.txt" ] || return 0
  printf '%s\n' "${words% }" >"$file.command"
  "$@" >"$file.part" 2>>"$file.log" || die "$(cat "$file.command") failed: $file.log. The same call of bars.sh goes on there."
  mv "$file.part" "$file.txt"
}

# scores NAME ROW METRIC [DATA]: value, low, high and n of a row of lloco eval; the metric of a difference where ROW is one
scores() {
  grep "\"data\":\"${4:-}" "$out/$1.txt" | grep -E "\"(row|difference)\":\"$2\"" |
    sed -nE "s/.*\"questions\":([0-9]+).*\"metrics\":\{[^}]*\"$3\":([^,}]+).*\"interval\":\{[^}]*\"$3\":\[([^],]+),([^],]+)\].*/\2 \3 \4 \1/p"
}

# beside NAME METRIC [DATA]: the rows that read raw text, as "; truncate 12 %"
beside() {
  local mode value
  for mode in ${baselines[@]+"${baselines[@]}"}; do
    value=$(scores "$1" "$mode(:raw)?" "$2" "${3:-}" | cut -d' ' -f1)
    [ -z "$value" ] || awk -v mode="$mode" -v value="$value" 'BEGIN { printf "; %s %.0f %%", mode, 100 * value }'
  done
}

# wilson SHARE ASKED: the interval of a share of right answers. Unlike a bootstrap, it has a width where none or all are right.
wilson() {
  awk -v p="$1" -v n="$2" 'BEGIN { z = 1.96; d = 1 + z * z / n; m = (p + z * z / (2 * n)) / d
    h = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d; low = m - h; high = m + h
    print (low < 1e-9 ? 0 : low), (high > 1 ? 1 : high) }'
}

# row NUMBER NAME WHAT UNIT BAR "VALUE LOW HIGH N" [BESIDE]: one line of the table; BAR is ">= 0.8", "<= 0.3", or "-" for none. Where UNIT
# is %, the value is a share of right answers, and its interval is made of it.
row() {
  local value low high n
  read -r value low high n <<<"$6"
  [ -n "${n:-}" ] || die "no figures for '$3' in $out/$2.txt"
  [ "$4" != % ] || read -r low high <<<"$(wilson "$value" "$n")"
  words=$(cat "$out/$2.command") awk -v what="$3" -v unit="$4" -v bar="$5" -v value="$value" -v low="$low" -v high="$high" -v n="$n" -v beside="${7:-}" '
    function show(x) { return unit == "%" ? sprintf("%.1f %%", 100 * x) : unit == "points" ? sprintf("%+.1f points", 100 * x) : sprintf("%.3f", x) }
    BEGIN {
      split(bar, part, " ")
      verdict = part[1] == ">=" ? (value >= part[2] ? "met" : "missed") : part[1] == "<=" ? (value <= part[2] ? "met" : "missed") : ""
      sign = part[1] == ">=" ? "at least " : "at most "
      printf "| %s | %s%s | [%s, %s] | %s | %s | %s | `%s` |\n", what, show(value), beside, show(low), show(high), n, \
        verdict == "" ? "" : sign show(part[2]), verdict == "missed" ? "**missed**" : verdict, ENVIRON["words"]
    }' >"$out/rows/$1"
}

lloco_eval() { keep "$1" lloco eval --json --results "$out/$1.jsonl" --leave-out "${@:2}"; }

# practice NUMBER NAME SEED WHAT BAR8 BAR28
practice() {
  local windows bar=$5 folder name
  for windows in 8 28; do
    name=$2-$windows folder=$out/documents/$2-$windows
    [ -d "$folder" ] || lloco synth --out "$folder" --seed "$3" --tokens $((windows * window)) >/dev/null
    lloco_eval "$name" --data "$folder/questions.jsonl" --limit "$PRACTICE_QUESTIONS" --mode ${baselines[@]+"${baselines[@]}"} lloco \
      ${raw[@]+"${raw[@]}"} --max-new-tokens 8
    row "$1-$(printf %02d "$windows")" "$name" "practice corpus, $4, $windows windows, seed $3" % "$bar" "$(scores "$name" lloco em)" "$(beside "$name" em)"
    bar=$6
  done
}

# babi NUMBER NAME TOKENS QUESTIONS
babi() {
  local task bars=(0.97 0.80 0.90) files=() known=() at=0
  for task in qa1 qa2 qa5; do
    files+=("$task=$DATA/babi/${task}_valid.txt") known+=("$DATA/babi/${task}_train.txt")
  done
  lloco_eval "$2" --data "${files[@]}" --format babilong --except "${known[@]}" --books "$DATA/books" --books-except training/books.txt \
    --tokens "$3" --seed "$BABI_SEED" --limit "$4" --mode ${baselines[@]+"${baselines[@]}"} lloco ${raw[@]+"${raw[@]}"} --max-new-tokens 8
  for task in qa1 qa2 qa5; do
    row "$1-$task" "$2" "bAbI $task in books, $(($3 / 1024))k tokens" % ">= ${bars[$at]}" "$(scores "$2" lloco em $task)" "$(beside "$2" em $task)"
    at=$((at + 1))
  done
}

# own NUMBER NAME WHAT BAR OPTIONS…: the sample that finetunes, and what it got exactly right afterwards
own() {
  local number=$1 name=$2 what=$3 bar=$4
  shift 4
  keep "$name" "${sample[@]}" "$@" --out "$out/$name"
  row "$number" "$name" "$what" % "$bar" \
    "$(sed -nE 's/.* after:.*exact ([0-9.]+) ?%.* over ([0-9]+) .*/\1 \2/p' "$out/$name.txt" | awk '{ print $1 / 100, 0, 0, $2 }')"
}

open() {
  local segments number=0 folder
  for segments in 3 1; do
    number=$((number + 1)) folder=$out/documents/open-$segments
    [ -d "$folder" ] || "${tiny[@]}" open-questions training/stages-open-8x.json "$OPEN_STAGE" training/open "$DATA" "$folder" 90 $segments \
      --held-out "$OPEN_SEED"
    lloco_eval "open-$segments" --model open --data "$folder/questions.jsonl" --mode full compressed --max-new-tokens 24
    row "30-$number" "open-$segments" "words, relations and wordings never seen, no finetune, open model, summaries of $segments segment(s) (8x)" % \
      "$([ $segments = 3 ] && echo '>= 0.6' || echo -)" "$(scores "open-$segments" compressed em)" \
      "; text $(scores "open-$segments" full em | awk '{ printf "%.0f %%", 100 * $1 }')"
  done
}

needle() {
  keep needle lloco needle --json --seed "$NEEDLE_SEED" --windows 28 --columns "$NEEDLE_COLUMNS" \
    --mode ${baselines[@]+"${baselines[@]}"} lloco ${raw[@]+"${raw[@]}"} --max-new-tokens 8 --out "$out/needle"
  local found others=
  found() { sed -nE "s/.*\"row\":\"$1(:raw)?\".*\"cells\":([0-9]+),\"found\":([0-9]+).*/\3 \2/p" "$out/needle.txt"; }
  for mode in ${baselines[@]+"${baselines[@]}"}; do others+="; $mode $(found "$mode" | cut -d' ' -f1)"; done
  row 50 needle "needles to 28 windows, seed $NEEDLE_SEED" % ">= 0.97" "$(found lloco | awk '{ print $1 / $2, 0, 0, $2 }')" "$others"
}

fairytale() {
  local losses figures
  keep story "${tiny[@]}" story-check $model "$DATA" "$FAIRYTALE_QUESTIONS"
  losses=$(sed -nE 's/.*"right":([0-9.]+),"wrong":([0-9.]+).*/ (\1 and \2)/p' "$out/story.txt")
  figures=$(sed -nE 's/.*"questions":([0-9]+).*"below":([-0-9.]+),"low":([-0-9.]+),"high":([-0-9.]+).*/\2 \3 \4 \1/p' "$out/story.txt")
  row 60 story "FairytaleQA: loss behind the right story below that behind another" nats ">= 0.3" "$figures" "$losses"
  lloco_eval fairytale --data "$DATA/fairytaleqa/questions/val" --format fairytaleqa --limit "$FAIRYTALE_QUESTIONS" --mode none lloco \
    --against none --max-new-tokens 24
  row 61 fairytale "FairytaleQA: F1 above no story" points ">= 0.08" "$(scores fairytale lloco f1 | sed -n '$p')"
}

book() {
  local both figures
  keep book "${tiny[@]}" book-check $model "$DATA" "$BOOKS"
  both=$(sed -nE 's/.*"perplexity":([0-9.]+),"frequencies":([0-9.]+).*/ (\1 of \2)/p' "$out/book.txt")
  figures=$(sed -nE 's/.*"books":([0-9]+).*"ratio":([0-9.]+),"low":([0-9.]+),"high":([0-9.]+).*/\2 \3 \4 \1/p' "$out/book.txt")
  row 70 book "held-out books: perplexity as a share of that of token frequencies" ratio "<= 0.3333" "$figures" "$both"
}

demo() {
  keep demo ./build.sh demo
  row 80 demo "demo (words of the practice corpus)" % ">= 0.95" \
    "$(sed -nE 's/^demo: right=([0-9]+)\/([0-9]+).*/\1 \2/p' "$out/demo.txt" | awk '{ print $1 / $2, 0, 0, $2 }')"
}

# measure PART
measure() {
  case $1 in babi-*) reads "$BABI_BASELINES" ;; *) reads "$BASELINES" ;; esac
  case $1 in
    own) own 10 own "own domain, everything new, after finetune" - --museum --seed "$OWN_SEED" ;;
    own-base) own 09 own-base "own domain, everything new, after finetune of all weights" ">= 0.8" --museum --base --seed "$OWN_SEED" ;;
    own-known) own 11 own-known "own domain, known values, after finetune" ">= 0.85" --seed "$OWN_SEED" ;;
    own-study) own 12 own-study "own domain, everything new, after self-study alone" ">= 0.65" --museum --seed "$OWN_SEED" --self-study ;;
    practice) practice 20 practice "$SEED" "three middle names" ">= 0.95" ">= 0.9" ;;
    practice-easy) practice 21 practice-easy "$EASY_SEED" "no middle names" - - ;;
    practice-hard) practice 22 practice-hard "$HARD_SEED" "four middle names" ">= 0.85" ">= 0.85" ;;
    babi-8k) babi 40 babi-8k 8192 "$BABI_QUESTIONS" ;;
    babi-28k) babi 41 babi-28k 28672 "$BABI_LONG_QUESTIONS" ;;
    open | needle | fairytale | book | demo) "$1" ;;
    *) die "there is no part '$1'. Choose from: $parts." ;;
  esac
}

# lacks PART: says which data a part lacks, if any
lacks() {
  local folder
  case $1 in
    open | book) set -- books ;;
    babi-*) set -- babi books ;;
    fairytale) set -- fairytaleqa ;;
    *) set -- ;;
  esac
  for folder in "$@"; do [ -d "$DATA/$folder" ] || printf '%s ' "$DATA/$folder"; done
}

build() {
  local project
  lloco --version >/dev/null
  for project in training/TinyModel samples/FinetuneDomain; do
    dotnet build $project -c Release --nologo -v quiet >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; die "$project did not build."; }
  done
}

if [ -n "${BARS_PART:-}" ]; then
  measure "$BARS_PART"
  times >"$out/$BARS_PART.times" # a substitution would be another process
  say "$BARS_PART: $SECONDS s; computed (user, system): $(tail -n 1 "$out/$BARS_PART.times")"
  exit 0
fi

chosen=()
for part in $PARTS; do
  missing=$(lacks "$part")
  if [ -n "$missing" ]; then say "$part is left out: there is no $missing"; else chosen+=("$part"); fi
done
[ -n "${BARS_BUILT:-}" ] || build
failed=0
printf '%s\n' ${chosen[@]+"${chosen[@]}"} | xargs -P "$JOBS" -I {} env BARS_PART={} training/bars.sh "$out" || failed=1
{
  printf '| what | measured | 95 %% interval | n | bar | | command |\n|---|---|---|---|---|---|---|\n'
  for row in "$out"/rows/*; do [ ! -e "$row" ] || cat "$row"; done
} >"$out/bars.md"
cat "$out/bars.md"
say "the table is $out/bars.md; $SECONDS s"
exit $failed
