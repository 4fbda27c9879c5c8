#!/usr/bin/env bash
# TorchSharp 0.107.0: Tensor.data<float>().ToArray() copies a contiguous CPU tensor number by number.
# Two million numbers take several times as long as a copy of the same memory through data_ptr, which one would expect of ToArray. Reading
# logits of a whole prompt so costs more than the pass that made them.
# Here: logits are copied as memory (src/LLoCO.Core/Decoding/DecodeSession.cs).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:property AllowUnsafeBlocks=true
#:package TorchSharp-cpu@0.107.0
#:package SharpZipLib@1.4.2
#:package SkiaSharp@2.88.9
#:package Google.Protobuf@3.31.1
using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

var tensor = rand(256, 8192);
double Median(Action action)
{
    var times = new List<double>();
    for (int i = 0; i < 15; i++)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    times.Sort();
    return times[7];
}

var target = new float[256 * 8192];
double accessor = Median(() => tensor.data<float>().ToArray());
double memory = Median(() => Copy(tensor, target));
Console.Error.WriteLine($"accessor {accessor:F1} ms, memory {memory:F1} ms");
Console.WriteLine(accessor > 3 * memory ? "more than three times as long" : "about as fast");

static unsafe void Copy(Tensor tensor, float[] target)
{
    fixed (byte* first = tensor.bytes)
    {
        new ReadOnlySpan<float>(first, target.Length).CopyTo(target);
    }
}
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
more than three times as long
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: the accessor took more than three times as long as a copy of memory"
