using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>The OpenAPI document, read by the library of the OpenAPI initiative's own tools.</summary>
public sealed class OpenApiTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Document_IsValidAndDescribesEveryEndpoint()
    {
        string text = await fixture.Server.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        ReadResult read = OpenApiDocument.Parse(text, "json");

        Assert.Empty(read.Diagnostic!.Errors);
        string[] described = [.. read.Document!.Paths.Keys.Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "/health", "/metrics", "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/files", "/v1/files/{id}",
                "/v1/files/{id}/content", "/v1/lloco/documents", "/v1/lloco/documents/{id}", "/v1/lloco/reports", "/v1/messages", "/v1/models", "/v1/responses",
            ],
            described);
        using var json = JsonDocument.Parse(text);
        JsonElement chat = json.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ChatBody");
        Assert.Contains("max_completion_tokens", chat.GetProperty("properties").EnumerateObject().Select(one => one.Name));
        Assert.Equal("messages", Assert.Single(chat.GetProperty("required").EnumerateArray()).GetString());
    }
}
