using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;

namespace LLoCO.Tool.Verification;

/// <summary><c>caches[]</c>: summary caches of the original, read exactly and computed again.</summary>
internal static class CacheScenario
{
    /// <summary>Half a step of bfloat16's eight bits, doubled: what rounding to it can do to a number, and a margin.</summary>
    private const double BFloat16Relative = 1.0 / 256;

    /// <summary>Runs a scenario.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="node">The scenario.</param>
    /// <param name="cancellationToken">Checked between segments.</param>
    internal static async Task RunAsync(GoldenCase golden, GoldenNode node, CancellationToken cancellationToken)
    {
        node["about"].Ignore();
        string file = node["file"].Text();
        ElementType type = node["dtype"].Text() switch
        {
            "torch.float32" => ElementType.Float32,
            "torch.bfloat16" => ElementType.BFloat16,
            string other => throw new GoldenFault(node["dtype"].Path, $"{other} is not run"),
        };
        using TorchArchive cache = TorchArchive.Open(Path.Combine(golden.Folder, Path.GetFileName(file)));
        GoldenNode lengths = node["segment_lengths"];
        golden.Report.Compare(GoldenKind.Inputs, lengths.Path, [lengths.Integer()], [CompressScenario.SegmentLength]);
        string[] keys = [.. node["keys"].Items.Select(key => key.Text())];
        golden.Report.Compare(GoldenKind.Inputs, node["keys"].Path, string.Join(", ", keys), string.Join(", ", cache.Names));
        string[] ids = [.. node["entries"].Items.Select(entry => entry["id"].Text())];
        golden.Report.Compare(GoldenKind.Inputs, node["entries"].Path, string.Join(", ", ids), string.Join(", ", keys));
        foreach (GoldenNode entry in node["entries"].Items)
        {
            await CompareAsync(golden, cache, type, lengths, entry, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CompareAsync(
        GoldenCase golden,
        TorchArchive cache,
        ElementType type,
        GoldenNode lengths,
        GoldenNode entry,
        CancellationToken cancellationToken)
    {
        string id = entry["id"].Text();
        string name = entry["softprompt"].Text();
        float[] expected = golden.Tensors.Floats(name);
        if (!cache.Tensors.TryGetValue(id, out TensorInfo? stored))
        {
            throw new GoldenFault(id, $"the tensor is missing in {cache.Path}");
        }

        golden.Report.Compare(
            GoldenKind.CacheStored, $"{cache.Path}: {id}: type", type.ToString(), stored.ElementType.ToString());
        golden.Compare(GoldenKind.CacheStored, name, [.. stored.Shape], cache.ReadFloats(id));

        GoldenIds tokens = golden.Ids(entry["ids"].Text());
        GoldenNode count = entry["token_count"];
        golden.Report.Compare(GoldenKind.Inputs, count.Path, [count.Integer()], [tokens.Length]);
        var segments = new List<ReadOnlyMemory<int>>();
        int start = 0;
        foreach (int length in CompressScenario.SegmentCounts(lengths, tokens.Length))
        {
            segments.Add(tokens.Row(0, start, length));
            start += length;
        }

        var computed = new List<float>();
        IContextCompressor compressor = golden.Loaded.CreateCompressor();
        await foreach (float[] summary in compressor.CompressAsync(segments, default, cancellationToken).ConfigureAwait(false))
        {
            computed.AddRange(summary);
        }

        golden.Report.Compare(
            GoldenKind.CacheComputed, name, expected, [.. computed], type == ElementType.BFloat16 ? BFloat16Relative : 0);
    }
}
