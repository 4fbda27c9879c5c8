using System.ClientModel;
using System.Net.Http.Json;
using System.Text.Json;
using OpenAI.Chat;
using OpenAI.Models;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>The endpoints, used by OpenAI's own client.</summary>
public sealed class OpenAIClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Chat_Question_IsAnswered()
    {
        ChatCompletion answer = await Server.Chat().CompleteChatAsync(
            [new UserChatMessage("Who was captain?")], new ChatCompletionOptions { MaxOutputTokenCount = 40, Temperature = 0 }, Token);

        Assert.Equal("[heron|ship]", answer.Content[0].Text);
        Assert.Equal((ChatFinishReason.Stop, ChatMessageRole.Assistant, "lloco"), (answer.FinishReason, answer.Role, answer.Model));
        Assert.Equal(13 + 2, answer.Usage.OutputTokenCount);
        Assert.Equal(12, answer.Usage.InputTokenDetails.CachedTokenCount);
        Assert.Equal(12 + "Q Who was captain? A".Length, answer.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Chat_Streamed_ComesInTheOrderOfTheProtocol()
    {
        var roles = new List<ChatMessageRole>();
        var finishes = new List<ChatFinishReason>();
        string text = string.Empty;
        ChatTokenUsage? usage = null;

        await foreach (StreamingChatCompletionUpdate update in Server.Chat().CompleteChatStreamingAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Who was captain?")], new ChatCompletionOptions(), Token))
        {
            Assert.Null(usage);
            Assert.True(finishes.Count == 0 || update.ContentUpdate.Count == 0);
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            if (update.Role is { } role)
            {
                roles.Add(role);
            }

            if (update.FinishReason is { } finish)
            {
                finishes.Add(finish);
            }

            usage = update.Usage;
        }

        Assert.Equal("[heron|ship]", text);
        Assert.Equal([ChatMessageRole.Assistant], roles);
        Assert.Equal([ChatFinishReason.Stop], finishes);
        Assert.Equal(15, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Chat_StreamedEvents_EndWithSourcesCountsAndDone()
    {
        using HttpResponseMessage response = await Server.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new { messages = new[] { new { role = "user", content = "Who was captain?" } }, stream = true, stream_options = new { include_usage = true } },
            Token);
        string[] events = [.. (await response.Content.ReadAsStringAsync(Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)];

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.All(events, one => Assert.StartsWith("data: ", one));
        Assert.Equal("data: [DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(one => JsonDocument.Parse(one[6..]).RootElement)];
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        Assert.All(chunks[1..^2], chunk => Assert.True(Delta(chunk).TryGetProperty("content", out _)));
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        JsonElement source = chunks[^2].GetProperty("lloco").GetProperty("sources")[0];
        Assert.Equal("heron", source.GetProperty("document").GetString());
        Assert.Equal(
            TestServer.Story[source.GetProperty("start").GetInt32()..source.GetProperty("end").GetInt32()],
            source.GetProperty("text").GetString());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(15, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");
    }

    [Fact]
    public async Task Chat_StopAdapterAndLength_AreObeyed()
    {
        ChatCompletion stopped = await Server.Chat(model: "town").CompleteChatAsync(
            [new UserChatMessage("Who was captain?")], new ChatCompletionOptions { StopSequences = { "|" } }, Token);
        ChatCompletion cut = await Server.Chat(model: "none").CompleteChatAsync(
            [new UserChatMessage("Who was captain?")], new ChatCompletionOptions { MaxOutputTokenCount = 3 }, Token);

        Assert.Equal(("[heron", "town"), (stopped.Content[0].Text, stopped.Model));
        Assert.Equal(("[h", ChatFinishReason.Length), (cut.Content[0].Text, cut.FinishReason));
    }

    [Fact]
    public async Task Models_AreTheBaseAndItsAdapters()
    {
        OpenAIModelCollection models = await Server.Client().GetOpenAIModelClient().GetModelsAsync(Token);
        JsonElement raw = await Server.Http.GetFromJsonAsync<JsonElement>("/v1/models", Token);

        Assert.Equal(["lloco", "ship", "town"], models.Select(model => model.Id));
        Assert.Equal("lloco", raw.GetProperty("data")[1].GetProperty("parent").GetString());
    }

    [Fact]
    public async Task Completion_Prompt_IsTheQuestion()
    {
        using HttpResponseMessage whole = await Server.Http.PostAsJsonAsync(
            "/v1/completions", new { model = "lloco", prompt = "Who was captain?", max_tokens = 40, seed = 3 }, Token);
        JsonElement json = await whole.Content.ReadFromJsonAsync<JsonElement>(Token);
        using HttpResponseMessage streamed = await Server.Http.PostAsJsonAsync(
            "/v1/completions", new { prompt = "Who was captain?", stream = true }, Token);
        string events = await streamed.Content.ReadAsStringAsync(Token);

        Assert.Equal("text_completion", json.GetProperty("object").GetString());
        Assert.Equal("[heron|ship]", json.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Contains("\"finish_reason\":\"stop\"", events);
        Assert.EndsWith("data: [DONE]\n\n", events);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"model":"gpt-9"}""", 404, "model_not_found", "model")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"n":2}""", 400, "unsupported_parameter", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"logprobs":true}""", 400, "unsupported_parameter", "logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"tools":[{}]}""", 400, "unsupported_parameter", "tools")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_object"}}""", 400, "unsupported_parameter", "response_format")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"mirostat":1}""", 400, "unsupported_parameter", "mirostat")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"temperature":"hot"}""", 400, "invalid_value", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"max_tokens":0}""", 400, "invalid_value", "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", 400, "invalid_value", "messages.content")]
    [InlineData("""{"messages":[{"role":"tool","content":"a"}]}""", 400, "invalid_value", "messages.role")]
    [InlineData("""{"messages":[]}""", 400, "invalid_value", "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"captain"}],"max_tokens":9999}""", 400, "context_length_exceeded", "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"captain"}],"max_tokens":9999,"stream":true}""", 400, "context_length_exceeded", "messages")]
    [InlineData("""{"messages":""", 400, "invalid_json", null)]
    public async Task Chat_WhatIsWrong_IsToldInOpenAIsForm(string body, int status, string code, string? param)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Server.Http.PostAsync("/v1/chat/completions", content, Token);
        JsonElement error = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");

        Assert.Equal((status, code), ((int)response.StatusCode, error.GetProperty("code").GetString()));
        Assert.Equal(param, error.TryGetProperty("param", out JsonElement told) ? told.GetString() : null);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Chat_Refused_ReachesTheClientAsItsError()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(() => Server.Chat(model: "gpt-9")
            .CompleteChatAsync([new UserChatMessage("a")], cancellationToken: Token));

        Assert.Equal(404, error.Status);
        Assert.Contains("gpt-9", error.Message);
    }

    [Fact]
    public async Task HealthMetricsAndPage_AreThere()
    {
        await Server.Chat().CompleteChatAsync([new UserChatMessage("captain")], cancellationToken: Token);
        string metrics = await Server.Http.GetStringAsync("/metrics", Token);
        using HttpResponseMessage page = await Server.Http.GetAsync("/", Token);
        string html = await page.Content.ReadAsStringAsync(Token);

        Assert.Contains("ok", await Server.Http.GetStringAsync("/health", Token));
        Assert.Matches("(?m)^# TYPE lloco_ask_questions_total counter$", metrics);
        Assert.Matches("""(?m)^lloco_ask_questions_total\{outcome="answered"\} \d+$""", metrics);
        Assert.Matches("""(?m)^lloco_server_requests_total\{route="chat",status="200"\} \d+$""", metrics);
        Assert.Matches("""(?m)^lloco_ask_first_token_seconds_bucket\{le="\+Inf"\} \d+$""", metrics);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", string.Empty, StringComparison.Ordinal));
        Assert.DoesNotContain("https://", html);
        Assert.DoesNotContain("<script>", html);
        foreach (string file in new[] { "/page.css", "/page.js" })
        {
            Assert.Contains($"\"{file}\"", html);
            Assert.True((await Server.Http.GetStringAsync(file, Token)).Length > 1000);
        }
    }
}
