#!/usr/bin/env bash
# TorchSharp 0.107.0: a plain number in an operator may be freed by the garbage collector while the native call reads it.
# a + 0.5 and masked_fill(mask, 0.5) make a native scalar, hand its bare handle to the call and keep nothing alive. While another thread
# collects, some calls of 400,000 fail with a message about a wrong type of number. Nothing fails without collections. A freed number could
# be read unnoticed, too; that was not seen.
# Here: numbers are made once and held (src/LLoCO.Core/Tensors/HeldNumbers.cs), and an analyzer bans the operators that make them.
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

using var a = ones(4);
using var expected = a + 1;
bool done = false;
var collector = new Thread(() =>
{
    while (!Volatile.Read(ref done))
    {
        GC.Collect(0);
        GC.WaitForPendingFinalizers();
    }
});
int Failures(int calls)
{
    int failures = 0;
    for (int i = 0; i < calls && failures == 0; i++)
    {
        try
        {
            using var sum = a + 0.5;
        }
        catch (Exception)
        {
            failures++;
        }
    }

    return failures;
}

Console.WriteLine($"without collections: {Failures(50_000)} failures");
collector.Start();
Console.WriteLine(Failures(400_000) > 0 ? "while another thread collects: some calls fail" : "while another thread collects: none fails");
Volatile.Write(ref done, true);
collector.Join();
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
without collections: 0 failures
while another thread collects: some calls fail
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: calls failed only while garbage was collected"
