using System.Net;
using System.Text.Json;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>Reports that the page links, and the estimate of full context.</summary>
public sealed class ReportEndpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-reports-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Reports_AreListedAndSent_AndNothingElseOfTheMachine()
    {
        string reports = Path.Combine(_folder, "reports");
        Directory.CreateDirectory(Path.Combine(reports, "a b"));
        await File.WriteAllTextAsync(Path.Combine(reports, "a b", "index.html"), "<p>good</p>", Token);
        await File.WriteAllTextAsync(Path.Combine(reports, "notes.db"), "no report", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.json"), "{}", Token);
        (LlocoApiKey town, string key) = LlocoApiKey.Create("town", "town");
        (LlocoApiKey all, string allKey) = LlocoApiKey.Create("all");
        await using TestServer server = await TestServer.StartAsync(new() { ReportFolder = reports, ApiKeys = [town, all] });

        JsonElement list = JsonDocument.Parse(await ReadAsync(server, "/v1/lloco/reports", allKey)).RootElement.GetProperty("data");
        Assert.Equal("/reports/a%20b/index.html", Assert.Single(list.EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal("<p>good</p>", await ReadAsync(server, "/reports/a%20b/index.html", allKey));
        Assert.Contains("\"data\":[]", await ReadAsync(server, "/v1/lloco/reports", key));
        foreach (string path in new[] { "notes.db", "%2e%2e%2fsecret.json", "..%2Fsecret.json", "a b", "none.html" })
        {
            Assert.Contains("report_not_found", await ReadAsync(server, "/reports/" + path, allKey));
        }

        Assert.Contains("report_not_found", await ReadAsync(server, "/reports/a%20b/index.html", key));
        await Assert.ThrowsAsync<LlocoException>(() => TestServer.StartAsync(new() { ReportFolder = Path.Combine(_folder, "absent") }));
    }

    [Fact]
    public async Task FullContext_IsEstimatedForTheDocumentsThatWereRead()
    {
        await using TestServer server = await TestServer.StartAsync(new() { FullContext = tokens => new FullContextCost(tokens / 8.0, tokens < 10) });
        using HttpResponseMessage response = await server.Http.PostAsync(
            "/v1/completions", new StringContent("""{"prompt":"captain"}"""), Token);
        JsonElement told = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("lloco").GetProperty("full_context");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TestServer.Story.Length / 8.0, told.GetProperty("seconds_first_token").GetDouble());
        Assert.False(told.GetProperty("fits_window").GetBoolean());
    }

    private static async Task<string> ReadAsync(TestServer server, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", key);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
