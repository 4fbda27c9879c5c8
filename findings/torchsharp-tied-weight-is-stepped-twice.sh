#!/usr/bin/env bash
# TorchSharp 0.107.0: a weight that two layers of a module share is stepped twice by an optimizer.
# parameters() lists a tied weight once per layer, and SGD with learning rate 1 and gradient 1 then moves it by 2. PyTorch's
# Module.parameters() gives each tensor once, so that the same program moves it by 1. Language models tie embedding and head.
# Here: training collects its own list of tensors; a tied head has no entry of its own.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package TorchSharp-cpu@0.107.0
#:package SharpZipLib@1.4.2
#:package SkiaSharp@2.88.9
#:package Google.Protobuf@3.31.1
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

var model = new Tied();
var before = model.Embedding.weight!.detach().clone();
var optimizer = optim.SGD(model.parameters(), 1.0);
model.Embedding.weight.sum().backward();
optimizer.step();
Console.WriteLine($"{model.parameters().Count()} parameters, moved by {(before - model.Embedding.weight).mean().item<float>()}");

class Tied : nn.Module
{
    public readonly Embedding Embedding = nn.Embedding(2, 2);
    public readonly Linear Head = nn.Linear(2, 2, hasBias: false);

    public Tied()
        : base("tied")
    {
        Head.weight = Embedding.weight!;
        RegisterComponents();
    }
}
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
2 parameters, moved by 2
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: the tied weight moved twice as far as in PyTorch"
