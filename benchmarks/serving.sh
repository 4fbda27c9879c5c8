#!/usr/bin/env bash
# Many clients on the server and on llama.cpp, in turn, at the same bits per weight: benchmarks/serving.sh FOLDER TOKENIZER [ROUNDS]
# FOLDER keeps models, documents and llama.cpp's files (2 GB); TOKENIZER is a tokenizer.model with 32,000 pieces. The model has the shape
# 110M and weights that are all but random: speed depends on shapes alone. Eight documents of about 9,000 of its tokens; 64 clients ask one
# question each, all at once, and get at most 32 tokens. llama.cpp keeps the documents' keys and values, one document a slot.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
tokenizer=$2
rounds=${3:-3}
threads=${LLOCO_THREADS:-$(nproc)}
lloco() { dotnet "$root/src/LLoCO.Tool/bin/Release/net10.0/lloco.dll" "$@"; }

for project in src/LLoCO.Tool benchmarks/LLoCO.Serving benchmarks/LLoCO.LlamaCpp; do
  dotnet build "$root/$project" -c Release --nologo -v quiet >&2
done
if [ ! -e "$folder/load.db" ]; then
  lloco synth --out "$folder/practice" --seed 7 --documents 8 --tokens 8192 >&2
  mkdir -p "$folder/corpus" "$folder/eight"
  cp "$folder/practice/documents/ship-7-0.txt" "$folder/corpus"
  cp "$folder"/practice/documents/ship-*.txt "$folder/eight"
  lloco pretrain --from-scratch --tokenizer "$tokenizer" --hidden 768 --layers 12 --heads 12 --inner 2048 --window 4096 \
    --segment-length 1536 --summary-length 50 --steps 1 --segments 2 --batch 1 --accumulation 1 --hold-out 0 \
    --corpus "$folder/corpus" --out "$folder/model" >&2
  lloco compress "$folder/eight" --index "$folder/load.db" --model "$folder/model" >&2
fi

serve() {
  # Not by the function: its process would be a shell, whose memory says nothing and whose end leaves the server running.
  dotnet "$root/src/LLoCO.Tool/bin/Release/net10.0/lloco.dll" serve --index "$folder/load.db" --model "$folder/model" \
    --decode-weights int8 --decode-threads "$threads" --port 8477 >&2 &
  server=$!
  trap 'kill $server 2>/dev/null || true' EXIT
  until curl -fs http://127.0.0.1:8477/health >/dev/null; do kill -0 $server; sleep 0.2; done
  dotnet "$root/benchmarks/LLoCO.Serving/bin/Release/net10.0/LLoCO.Serving.dll" load --url http://127.0.0.1:8477 --process $server
  kill $server
  wait $server || true
  trap - EXIT
}

for ((round = 1; round <= rounds; round++)); do
  serve
  dotnet "$root/benchmarks/LLoCO.LlamaCpp/bin/Release/net10.0/LLoCO.LlamaCpp.dll" load 110M int8 "$folder" "$threads" 64 16 8192 16 32
done
