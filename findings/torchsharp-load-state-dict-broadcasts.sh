#!/usr/bin/env bash
# TorchSharp 0.107.0: load_state_dict accepts a tensor of another shape and repeats it.
# A [1, 4] tensor is loaded into a Linear whose weight is [3, 4] without an error; every row becomes that one row. PyTorch's
# load_state_dict refuses it ("size mismatch"). A truncated or transposed checkpoint so gives a model that runs and answers wrongly.
# Here: weights are read by our own loader, which compares shapes (src/LLoCO.Core/Model/TensorLoader.cs).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package TorchSharp-cpu@0.107.0
#:package SharpZipLib@1.4.2
#:package SkiaSharp@2.88.9
#:package Google.Protobuf@3.31.1
using TorchSharp;
using static TorchSharp.torch;

var linear = nn.Linear(4, 3, hasBias: false);
linear.load_state_dict(new Dictionary<string, Tensor> { ["weight"] = full(new long[] { 1, 4 }, 7f) });
Console.WriteLine($"[{string.Join(", ", linear.weight!.shape)}] holds {linear.weight.eq(7f).sum().item<long>()} sevens");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
[3, 4] holds 12 sevens
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: a wrong shape was broadcast without an error"
