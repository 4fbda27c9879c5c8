#!/usr/bin/env bash
# Runs inputs that once failed and prints a table of what each gives now.
#   tests/cases.sh FOLDER…        one folder per case, for example tests/cases.sh ../shared/cases/*
# LLOCO names another command than this checkout's ("dotnet OTHER/lloco.dll"). Exit code 1 where a case is wrong.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
[ $# -gt 0 ] || { sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
cases=()
for folder in "$@"; do cases+=("$(cd "$folder" && pwd -P)") || exit 2; done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

if [ -n "${LLOCO:-}" ]; then read -r -a lloco <<<"$LLOCO"; else lloco=("$root/build.sh" lloco); fi
# Standard output goes to OUT, messages to ERR, the exit code to code.
run() { code=0; timeout 120 "${lloco[@]}" "$@" >out 2>err </dev/null || code=$?; }
feed() { local input=$1; shift; code=0; timeout 120 "${lloco[@]}" "$@" >out 2>err <"$input" || code=$?; }

# Errors of the program rather than of its input: another program's words, or none at all.
raw='did not expect|could not be converted|System\.[A-Z]|Object reference|ArgumentO|Value cannot be null|Unhandled'
refused() { [ "$code" = 1 ] || [ "$code" = 2 ]; }
clear() { [ -s err ] && ! grep -qE "$raw" err out; }
said() { head -c 110 < <(grep -vE '^\s*$|^build.sh:' err out -h | head -n 1); }

# What `ask` answers with the model of CASE, and its adapter where there is one.
ask() {
  rm -f x.db x.db-*
  local adapter=()
  [ ! -d "$1/adapter" ] || adapter=(--adapter "$1/adapter")
  run compress "$1/doc.txt" --index x.db --model "$1/model"
  [ "$code" = 0 ] || return 0
  run ask "the cat on a boat" --index x.db --model "$1/model" --max-new-tokens 12 --json ${adapter[@]+"${adapter[@]}"}
}
answer() { sed -n 's/.*"answer":"\([^"]*\)".*/\1/p' out; }

ok= saw=
verdict() { if "${@:2}"; then ok=right saw=$1; else ok=WRONG saw="$1 (exit $code: $(said))"; fi; }
answers() { [ "$code" = 0 ] && [ "$(answer)" = "$1" ]; }
answers_or_refuses() { answers "$1" || { refused && clear && grep -qE "$2" err; }; }
reads_or_refuses() { [ "$code" = 0 ] && ! grep -qE "$raw" err out || { refused && clear; }; }

plain='ooA<<<<<k<<<' adapted='AOkq126zAXfgAXq126zA'

judge() {
  local folder=$1 name=$2 file first
  case "$name" in
    00-plain) ask "$folder"; verdict "answer $(answer)" answers "$plain" ;;
    adapter-reference | adapter-targets-*) ask "$folder"; verdict "answer $(answer)" answers "$adapted" ;;
    adapter-default-in-names) ask "$folder"; verdict "answer $(answer)" answers_or_refuses "$adapted" "adapter's name|name of (the|an) adapter|named .?default" ;;
    adapter-olora) ask "$folder"; verdict "answer $(answer)$(said)" answers_or_refuses "$plain" "init_lora_weights" ;;
    config-no-max-position | unused-dtype) ask "$folder"; verdict "answer $(answer)" answers "$plain" ;;
    prefix-module) ask "$folder"; verdict "answer $(answer)" answers_or_refuses "$plain" "module\." ;;
    prefix-orig-mod) ask "$folder"; verdict "answer $(answer)" answers_or_refuses "$plain" "_orig_mod" ;;
    padded-vocabulary) ask "$folder"; verdict "answer $(answer)" test "$code" = 0 ;;
    eos-of-config) ask "$folder"; verdict "answer $(answer)" answers oo ;;
    tokenizer-json-only) ask "$folder"; verdict "$(said)" reads_tokenizer_json ;;
    nan-summaries) run compress "$folder/doc.txt" --index nan.db --model "$folder/model"; verdict "$(said)" refuses_clearly 'NaN|finite' ;;
    lfs-pointers)
      ok=right saw=
      for file in model model-bin model-html; do
        run inspect "$folder/$file"
        refused && clear && grep -qE 'Git LFS|HTML' err out || ok=WRONG
        saw="$saw$file: $(grep -ohE 'Git LFS|HTML' err out | head -n 1); "
      done
      printf '"x"\n' >in
      feed in tokenize --tokenizer "$folder/model"
      refused && clear && grep -q 'Git LFS' err || { ok=WRONG; saw="$saw tokenize: $(said)"; }
      ;;
    null-answer)
      run eval --data "$folder/q.jsonl" --mode none --max-new-tokens 1
      verdict "$(said)" reads_or_refuses
      [ "$ok" = WRONG ] || { run eval --data "$folder/q.jsonl" --mode none --max-new-tokens 1 --skip-broken; verdict "$saw" test "$code" = 0; }
      ;;
    ids-and-answers-plain) each "$folder" '*.json*' reads_or_refuses eval --mode none --max-new-tokens 1 --data ;;
    squad-shapes) each "$folder" '*.json' reads_one eval --format squad --mode none --max-new-tokens 1 --json --data ;;
    rel-datasets-*) each_format "$folder" ;;
    rel-study-cache-null)
      rm -f sea.db*
      printf 'The captain saw the storm.\n' >sea.txt
      cp "$folder/study.jsonl" study.jsonl
      run compress sea.txt --index sea.db --group ship
      run finetune --index sea.db --group ship --self-study --study-cache study.jsonl --steps 1 --out sea
      verdict "$(said)" refuses_clearly 'study.jsonl.*line 1'
      ;;
    rel-tiktoken-cr)
      printf '"the cat"\n' >in
      feed in tokenize --tokenizer "$folder/tokenizer.model"
      verdict "$(said)" reads_or_refuses
      ;;
    retrieve-chinese)
      rm -f zh.db*
      run compress "$folder/harbour.txt" "$folder/school.txt" --index zh.db
      run ask "陈雪" --index zh.db --json; first=$(grep -o '"document":"[^"]*' out | head -n 1)
      run ask "学校的校长叫什么名字？" --index zh.db --json
      verdict "$first, $(grep -o '"document":"[^"]*' out | head -n 1)" both_are_school "$first"
      ;;
    same-name-two-groups)
      rm -f two.db*
      run compress "$folder/ship" --index two.db --group ship
      run compress "$folder/town" --index two.db --group town; file=$code
      run inspect two.db --json
      verdict "second exit $file; $(tr -d '\n' <out | head -c 100)" two_documents "$file"
      ;;
    score-chinese)
      feed "$folder/in.jsonl" score --metric f1; cat out err >both; feed "$folder/in.jsonl" score --metric rouge; cat out err >>both
      verdict "$(tr '\n' ' ' <both | head -c 150)" scores_chinese
      ;;
    spm-suffix | spm-no-escape)
      printf '"the cat"\n' >in
      feed in tokenize --tokenizer "$folder/tokenizer.model"
      verdict "$(said)" not_the_prefix_form
      ;;
    *) ok=skip saw="no expectation for this case: read its README" ;;
  esac
}

reads_tokenizer_json() { [ "$code" = 0 ] || { refused && clear && grep -q 'tokenizer\.json' err; }; }
refuses_clearly() { refused && clear && grep -qE "$1" err out; }
reads_one() { [ "$code" = 0 ] && grep -q '"questions":1' out; }
both_are_school() { [[ $1 == *school.txt* ]] && grep -q '"document":"[^"]*school.txt' out; }
two_documents() { [ "$1" != 0 ] || grep -qE '"documents":2|"document_count":2' out || [ "$(grep -o 'notes.txt' out | wc -l)" -ge 2 ]; }
not_the_prefix_form() { refused && clear || { [ "$code" = 0 ] && [ "$(cat out)" != "[5,13,15]" ]; }; }
scores_chinese() { grep -qi 'chinese' both || { ! head -n 1 both | grep -qE '^0\.0000' && grep -q 'rouge1 1\.0000' both; }; }

each() {
  local folder=$1 pattern=$2 judge=$3 file
  shift 3
  ok=right saw=
  for file in "$folder"/$pattern; do
    run "$@" "$file"
    "$judge" || { ok=WRONG; saw="$saw$(basename "$file"): exit $code $(said); "; }
  done
  [ -n "$saw" ] || saw="all files read or refused in words"
}

each_format() {
  local file format
  ok=right saw=
  for file in "$1"/*.json*; do
    format=$(basename "$file" | sed -E 's/[-.].*//')
    for skip in "" --skip-broken; do
      run eval --format "$format" --data "$file" --mode none --max-new-tokens 1 $skip
      reads_or_refuses || { ok=WRONG; saw="$saw$(basename "$file") $skip: exit $code $(said); "; }
    done
  done
  [ -n "$saw" ] || saw="all files read or refused in words"
}

wrong=0
printf '%-30s %-6s %s\n' case verdict seen
for folder in "${cases[@]}"; do
  judge "$folder" "$(basename "$folder")"
  [ "$ok" != WRONG ] || wrong=$((wrong + 1))
  printf '%-30s %-6s %s\n' "$(basename "$folder")" "$ok" "${saw:0:170}"
done
[ $wrong = 0 ]
