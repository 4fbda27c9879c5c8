using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary><c>--model open</c>: the embedded model of an open vocabulary.</summary>
public sealed class OpenModelVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CompressAndAsk_ModelOpen_UseTheSecondModel()
    {
        string index = _folder.PathOf("notes.db");
        File.WriteAllText(_folder.PathOf("a.txt"), "The port of Vhia Flournple is Skaldurn. The trade of Troy Skunddond is tinsmith.");

        ToolRun compress = await ToolRun.OfAsync("compress", _folder.PathOf("a.txt"), "--index", index, "--model", "open");
        ToolRun ask = await ToolRun.OfAsync("ask", "What is the port of Vhia Flournple?", "--index", index, "--model", "open", "--json");
        ToolRun other = await ToolRun.OfAsync("ask", "What is the port of Vhia Flournple?", "--index", index);

        Assert.True(compress.Code == 0, compress.Error);
        Assert.True(ask.Code == 0, ask.Error);
        Assert.Single(ask.Json);
        Assert.Equal(1, other.Code);
        Assert.Contains(index, other.Error, StringComparison.Ordinal);
    }
}
