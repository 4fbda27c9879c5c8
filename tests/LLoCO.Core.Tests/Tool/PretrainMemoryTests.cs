using System.Text.Json.Nodes;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Weighs whole processes: what libtorch keeps for the backward pass is in no count of tensors.</summary>
public sealed class PretrainMemoryTests : IDisposable
{
    /// <summary>The graph of 64 segments of this shape would take a gigabyte more than that of two.</summary>
    private const double Most = 1.15;

    /// <summary>A collection beside the work lets memory grow by as much as the machine is busy.</summary>
    private static readonly Dictionary<string, string> Alone = new() { ["OMP_NUM_THREADS"] = "1", ["DOTNET_gcConcurrent"] = "0" };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pretrain_DocumentOf64Segments_TakesTheMemoryOfTwo()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"));
        File.WriteAllText(
            _folder.PathOf("long.txt"),
            string.Concat(Enumerable.Repeat("The captain saw the storm. The mayor saw the market. ", 1000)));

        // The same number of tokens, so that both processes live through as much.
        long two = await PeakAsync(segments: 2, steps: 32);
        long many = await PeakAsync(segments: 64, steps: 1);

        Assert.InRange(many, 0, (long)(two * Most));
    }

    private async Task<long> PeakAsync(int segments, int steps)
    {
        (int code, string output, string errors) = await ChildProcess.RunAsync(
            _folder.PathOf("."), Alone, ChildProcess.DotNet,
            typeof(LlocoTool).Assembly.Location, "pretrain", "--from-scratch", "--corpus", "long.txt", "--out", $"m{segments}",
            "--segments", $"{segments}", "--segment-length", "128", "--summary-length", "4", "--window", "1024",
            "--hidden", "192", "--layers", "8", "--heads", "6", "--inner", "512", "--batch", "1", "--steps", $"{steps}",
            "--hold-out", "0", "--tokenizer", "model/tokenizer.model", "--json");

        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!["peak_bytes"]!.GetValue<long>();
    }
}
