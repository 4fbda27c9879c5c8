#!/usr/bin/env bash
# TorchSharp 0.107.0: tensor.sum(0) does not sum along dimension 0. It sums all elements and converts them to uint8.
# C# turns the literal 0 into any enum, and the overload sum(ScalarType?) wins over sum(long, ...): 0 is ScalarType.Byte. sum(1) and
# sum(new long[] { 0 }) sum along a dimension, as sum(dim) does in PyTorch. There is no warning; what comes back is a scalar modulo 256.
# Here: sums along dimension 0 are written sum([0L]) (src/LLoCO.Training/Memories/AttentionMatching.cs).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package TorchSharp-cpu@0.107.0
#:package SharpZipLib@1.4.2
#:package SkiaSharp@2.88.9
#:package Google.Protobuf@3.31.1
using static TorchSharp.torch;

var tensor = ones(3, 100);
Console.WriteLine($"sum(0): {Describe(tensor.sum(0))}");
Console.WriteLine($"sum(1): {Describe(tensor.sum(1))}");
Console.WriteLine($"sum([0]): {Describe(tensor.sum([0L]))}");

static string Describe(Tensor sum) => $"{sum.dtype} [{string.Join(", ", sum.shape)}] first {sum.flatten()[0].to_type(ScalarType.Float64).item<double>()}";
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>"$work/errors") || { cat "$work/errors" >&2; exit 1; }
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
sum(0): Byte [] first 44
sum(1): Float32 [3] first 100
sum([0]): Float32 [100] first 3
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: sum(0) summed all elements as bytes"
