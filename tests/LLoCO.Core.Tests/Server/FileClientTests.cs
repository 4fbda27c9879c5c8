using System.ClientModel;
using System.Text;
using OpenAI.Embeddings;
using OpenAI.Files;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary><c>/v1/files</c> and <c>/v1/embeddings</c>, used by OpenAI's own client.</summary>
public sealed class FileClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_AddedReadListedAndDeleted()
    {
        await using TestServer server = await TestServer.StartAsync();
        OpenAIFileClient client = server.Client().GetOpenAIFileClient();
        using var text = new MemoryStream(Encoding.UTF8.GetBytes("Ünder the deck was salt."));

        OpenAIFile added = await client.UploadFileAsync(text, "log ü.txt", FileUploadPurpose.UserData, Token);
        OpenAIFile shown = await client.GetFileAsync(added.Id, Token);
        OpenAIFileCollection list = await client.GetFilesAsync(Token);
        BinaryData read = await client.DownloadFileAsync(added.Id, Token);
        string answer = (await server.Chat().CompleteChatAsync(
            [new OpenAI.Chat.UserChatMessage("Where was the salt?")], cancellationToken: Token)).Value.Content[0].Text;
        FileDeletionResult deleted = await client.DeleteFileAsync(added.Id, Token);

        Assert.Equal(("log ü.txt", 25L, FilePurpose.UserData), (added.Filename, added.SizeInBytesLong, added.Purpose));
        Assert.Equal((added.Id, added.SizeInBytesLong), (shown.Id, shown.SizeInBytesLong));
        Assert.Equal(["heron", "log ü.txt", "mill"], list.Select(file => file.Filename));
        Assert.Equal("Ünder the deck was salt.", read.ToString());
        Assert.Equal("[log ü.txt|base]", answer);
        Assert.True(deleted.Deleted);
        ClientResultException gone = await Assert.ThrowsAsync<ClientResultException>(() => client.GetFileAsync(added.Id, Token));
        Assert.Equal(404, gone.Status);
    }

    [Theory]
    [InlineData("fine-tune")]
    [InlineData("batch")]
    public async Task File_ForAnotherPurpose_IsRefused(string purpose)
    {
        await using TestServer server = await TestServer.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" }, { new ByteArrayContent("text"u8.ToArray()), "file", "a.txt" },
        };

        using HttpResponseMessage response = await server.Http.PostAsync("/v1/files", form, Token);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("\"param\":\"purpose\"", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Embeddings_WithAGenerator_AreItsVectors()
    {
        await using TestServer server = await TestServer.StartAsync(embedder: new LengthGenerator());
        OpenAIEmbeddingCollection made = await server.Client().GetEmbeddingClient("lengths")
            .GenerateEmbeddingsAsync(["a", "abc"], cancellationToken: Token);
        ClientResultException other = await Assert.ThrowsAsync<ClientResultException>(
            () => server.Client().GetEmbeddingClient("ada").GenerateEmbeddingAsync("a", cancellationToken: Token));

        Assert.Equal([[1f, 0.5f], [3f, 0.5f]], made.Select(one => one.ToFloats().ToArray()));
        Assert.Equal("lengths", made.Model);
        Assert.Contains("lengths", await server.Http.GetStringAsync("/v1/models", Token));
        Assert.Equal(404, other.Status);
    }

    [Fact]
    public async Task Embeddings_WithoutAGenerator_AreRefusedByName()
    {
        await using TestServer server = await TestServer.StartAsync();
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => server.Client().GetEmbeddingClient("any").GenerateEmbeddingAsync("a", cancellationToken: Token));

        Assert.Equal(404, error.Status);
        Assert.Contains("no_embedder", error.Message);
    }
}
