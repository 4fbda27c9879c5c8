#!/usr/bin/env bash
# Microsoft.Extensions.AI.Abstractions 10.11.0: what a streamed update says in AdditionalProperties ends in the response when it has no
# MessageId, and in the message when it has one; then the response's AdditionalProperties are null. So a middleware that joins updates
# (a cache, telemetry) loses what a client says of the whole answer as soon as the client names its messages, as OpenAI's does.
# Here: the chat client of a pipeline puts its figures on the message in both modes, so streamed and whole answers agree.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package Microsoft.Extensions.AI.Abstractions@10.11.0
#:property NoWarn=NU1603
using Microsoft.Extensions.AI;

void Join(string? message)
{
    ChatResponseUpdate[] updates =
    [
        new(ChatRole.Assistant, "a harbour") { MessageId = message },
        new(ChatRole.Assistant, " town") { MessageId = message, AdditionalProperties = new() { ["ratio"] = 30 } },
    ];
    ChatResponse whole = updates.ToChatResponse();
    Console.WriteLine(
        $"{(message is null ? "no message id" : "message id")}: response {whole.AdditionalProperties?["ratio"] ?? "none"}, "
        + $"message {whole.Messages[^1].AdditionalProperties?["ratio"] ?? "none"}, messages {whole.Messages.Count}, text '{whole.Text}'");
}

Join(null);
Join("m1");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
no message id: response 30, message none, messages 1, text 'a harbour town'
message id: response none, message 30, messages 1, text 'a harbour town'
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: properties of an update go to the message once the update has a message id"
