#!/usr/bin/env bash
# TorchSharp 0.107.0 (libtorch 2.10, OpenMP): set_num_threads does not reach a thread that has computed before.
# A worker that ran one product keeps its count when another thread sets a new one, and the setter reads the new count back,
# so a limit set at start-up by the main thread seems to hold while the thread that computes takes all cores.
# Here: the count is set on the model's own thread; `lloco bench --threads` does the same.
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

set_num_threads(4);
using var computed = new ManualResetEventSlim();
using var changed = new ManualResetEventSlim();
int before = 0, after = 0;
var worker = new Thread(() =>
{
    rand(500, 500).mm(rand(500, 500));
    before = get_num_threads();
    computed.Set();
    changed.Wait();
    rand(500, 500).mm(rand(500, 500));
    after = get_num_threads();
});
worker.Start();
computed.Wait();
set_num_threads(1);
changed.Set();
worker.Join();
Console.WriteLine($"setter {get_num_threads()}, worker before {before}, worker after {after}");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
setter 1, worker before 4, worker after 4
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: the worker kept its own number of threads"
