using System.ClientModel;
using System.Net.Http.Json;
using System.Text.Json;
using OpenAI.Responses;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary><c>/v1/responses</c>, used by OpenAI's own client. The order of events is that of OpenAI's reference
/// (https://platform.openai.com/docs/api-reference/responses-streaming).</summary>
public sealed class ResponsesClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Response_Question_IsAnsweredWithItsSourceAsAnnotation()
    {
        ResponseResult answer = await Server.Responses().CreateResponseAsync("lloco", "Who was captain?", cancellationToken: Token);

        Assert.Equal("[heron|ship]", answer.GetOutputText());
        Assert.Equal((ResponseStatus.Completed, "lloco"), (answer.Status, answer.Model));
        Assert.Equal((12 + "Q Who was captain? A".Length, 12, 15), (
            answer.Usage.InputTokenCount, answer.Usage.InputTokenDetails.CachedTokenCount, answer.Usage.OutputTokenCount));
        MessageResponseItem message = Assert.IsAssignableFrom<MessageResponseItem>(Assert.Single(answer.OutputItems));
        var cited = Assert.IsType<FileCitationMessageAnnotation>(Assert.Single(message.Content[0].OutputTextAnnotations));
        Assert.Equal(("heron", 12), (cited.Filename, cited.Index));
        Assert.Equal("file-aGVyb24", cited.FileId);
    }

    [Fact]
    public async Task Response_ThatIsCut_IsIncomplete()
    {
        ResponseResult answer = await Server.Responses().CreateResponseAsync(
            new CreateResponseOptions("none", [ResponseItem.CreateUserMessageItem("Who was captain?")]) { MaxOutputTokenCount = 3 }, Token);

        Assert.Equal((ResponseStatus.Incomplete, "[h"), (answer.Status, answer.GetOutputText()));
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, answer.IncompleteStatusDetails.Reason);
    }

    [Fact]
    public async Task Response_WithTurnsAndInstructions_AsksTheLastOne()
    {
        ResponseItem[] items =
        [
            ResponseItem.CreateUserMessageItem("Where is the Heron?"),
            ResponseItem.CreateAssistantMessageItem("At sea."),
            ResponseItem.CreateUserMessageItem("Who was captain?"),
        ];
        ResponseResult answer = await Server.Responses().CreateResponseAsync(
            new CreateResponseOptions("lloco", items) { Instructions = "Be brief." }, Token);

        Assert.Equal("[heron|ship]", answer.GetOutputText());
        Assert.Contains("Be brief.", Server.Fake.Decoder.LastPrompt);
        Assert.Contains("At sea.", Server.Fake.Decoder.LastPrompt);
    }

    [Fact]
    public async Task Response_Streamed_ComesInTheOrderOfTheProtocol()
    {
        var kinds = new List<string>();
        var numbers = new List<int>();
        string text = string.Empty;
        ResponseResult? done = null;

        var options = new CreateResponseOptions("lloco", [ResponseItem.CreateUserMessageItem("Who was captain?")]) { StreamingEnabled = true };
        await foreach (StreamingResponseUpdate update in await Server.Responses().CreateResponseStreamingAsync(options, Token))
        {
            numbers.Add(update.SequenceNumber);
            string kind = update.Kind.ToString();
            if (kinds.LastOrDefault() != kind)
            {
                kinds.Add(kind);
            }

            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : string.Empty;
            done = update is StreamingResponseCompletedUpdate completed ? completed.Response : done;
        }

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.annotation.added", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            kinds);
        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.Equal("[heron|ship]", text);
        Assert.Equal((text, 15), (done!.GetOutputText(), done.Usage.OutputTokenCount));
    }

    [Theory]
    [InlineData("""{"input":"a","previous_response_id":"resp_1"}""", "unsupported_parameter", "previous_response_id")]
    [InlineData("""{"input":"a","store":true}""", "unsupported_parameter", "store")]
    [InlineData("""{"input":"a","reasoning":{"effort":"low"}}""", "unsupported_parameter", "reasoning")]
    [InlineData("""{"input":"a","text":{"format":{"type":"json_object"}}}""", "unsupported_parameter", "text")]
    [InlineData("""{"input":"a","tools":[{"type":"web_search"}]}""", "unsupported_parameter", "tools")]
    [InlineData("""{"input":[{"type":"item_reference","id":"a"}]}""", "invalid_value", "input")]
    [InlineData("""{"input":""}""", "invalid_value", "input")]
    [InlineData("""{"input":"a","messages":[]}""", "unsupported_parameter", "messages")]
    public async Task Response_WhatIsWrong_IsToldByName(string body, string code, string param)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Server.Http.PostAsync("/v1/responses", content, Token);
        JsonElement error = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");

        Assert.Equal((400, code, param), (
            (int)response.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Response_Refused_ReachesTheClientAsItsError()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Server.Responses().CreateResponseAsync("gpt-9", "a", cancellationToken: Token));

        Assert.Equal(404, error.Status);
        Assert.Contains("gpt-9", error.Message);
    }
}
