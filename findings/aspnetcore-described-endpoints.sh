#!/usr/bin/env bash
# Microsoft.AspNetCore.OpenApi 10.0.15: a RequestDelegate is not in the OpenAPI document, and describing its body changes which requests reach it.
# MapPost(path, RequestDelegate) with name, tags, summary and response types stays out of the document, silently, until a MethodInfo is added to
# its metadata: only MapPost(path, Delegate) adds one. And AcceptsMetadata, which looks like documentation (WithMetadata beside
# ProducesResponseTypeMetadata, which is), makes routing answer 415 with an empty body, before the endpoint and its filters, to every request of
# another type, though the endpoint reads bytes and would have taken it.
# Here: LLoCO.Server adds a method to its endpoints, and describes bodies by metadata of its own.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:sdk Microsoft.NET.Sdk.Web
#:package Microsoft.AspNetCore.OpenApi@10.0.15
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddOpenApi();
WebApplication app = builder.Build();
app.MapOpenApi();
RequestDelegate answer = context => context.Response.WriteAsync("reached");
IEndpointConventionBuilder Map(string path) =>
    app.MapPost(path, answer).WithName(path[1..]).WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), ["text/plain"]));
Map("/described");
Map("/method").WithMetadata(answer.Method);
Map("/accepts").WithMetadata(new AcceptsMetadata(["application/json"], typeof(string)));
app.Start();
using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
Console.WriteLine("in the document: " + string.Join(' ', document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name)));
foreach (string path in new[] { "/described", "/accepts" })
{
    using HttpResponseMessage response = await http.PostAsync(path, new StringContent("text"));
    Console.WriteLine($"text to {path}: {(int)response.StatusCode} '{await response.Content.ReadAsStringAsync()}'");
}
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
in the document: /method
text to /described: 200 'reached'
text to /accepts: 415 ''
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: expected were all three paths, and 'reached' from both"
