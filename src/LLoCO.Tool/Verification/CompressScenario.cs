using LLoCO.Core.Compression;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verification;

/// <summary>
/// <c>compress[]</c>: a batch of contexts, segment by segment, as the original computes them; and again, row by row, with the
/// library's own compressor.
/// </summary>
internal sealed class CompressScenario
{
    /// <summary>The original's segment length.</summary>
    internal const long SegmentLength = 1536;

    private readonly GoldenCase _case;
    private readonly GoldenNode _node;
    private readonly GoldenIds _ids;
    private readonly int[] _counts;
    private readonly bool _summariseLast;
    private readonly GoldenIds? _mask;
    private readonly string? _earlier;

    private CompressScenario(GoldenCase golden, GoldenNode node)
    {
        _case = golden;
        _node = node;
        _ids = golden.Ids(node, "ids");
        _counts = SegmentCounts(node["segment_lengths"], _ids.Length);
        if (!node["segment_lengths"].IsArray && _counts is [int only] && only < node["segment_lengths"].Integer())
        {
            // Any length above the context's gives the same numbers; the fixtures use the original's.
            golden.Report.Compare(
                GoldenKind.Inputs, node["segment_lengths"].Path, node["segment_lengths"].Integers(), [SegmentLength]);
        }

        GoldenNode counts = node["segment_token_counts"];
        golden.Report.Compare(
            GoldenKind.Inputs, counts.Path, counts.Integers(), Array.ConvertAll(_counts, count => (long)count));
        _summariseLast = node["output_softprompt"].Flag();

        // The original ignores the mask if it uses a KV cache, which is its default.
        bool cached = node["use_cache"].IsNull || node["use_cache"].Flag();
        GoldenIds? mask = node["attention_mask"].TextOrNull() is { } name ? golden.Ids(name) : null;
        if (mask is not null && (mask.Batch, mask.Length) != (_ids.Batch, _ids.Length))
        {
            throw new GoldenFault(node["attention_mask"].Path, "the mask is not as large as the ids");
        }

        _mask = cached ? null : mask;
        CompareMask(mask, node["attention_mask"]);
        _earlier = node["softprompt_in"].TextOrNull();
        node.Find("note")?.Ignore();
    }

    /// <summary>Runs a scenario.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="node">The scenario.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    internal static async Task RunAsync(GoldenCase golden, GoldenNode node, CancellationToken cancellationToken)
    {
        node["name"].Text();
        var scenario = new CompressScenario(golden, node);
        await golden.Loaded.Worker.RunAsync(scenario.Compute, cancellationToken).ConfigureAwait(false);
        if (scenario._mask is null)
        {
            await scenario.CompareCompressorAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tokens of each segment: full ones and a rest, or those of a list, which must add up.</summary>
    internal static int[] SegmentCounts(GoldenNode lengths, int tokens)
    {
        long[] given = lengths.Integers();
        if (!lengths.IsArray)
        {
            return given[0] < 1
                ? throw new GoldenFault(lengths.Path, "a segment has at least one token")
                : [.. Enumerable.Range(0, tokens).Chunk((int)Math.Min(given[0], int.MaxValue)).Select(chunk => chunk.Length)];
        }

        return given.Any(length => length < 1) || given.Sum() != tokens
            ? throw new GoldenFault(lengths.Path, $"the lengths do not add up to {tokens} tokens")
            : Array.ConvertAll(given, length => (int)length);
    }

    private void Compute()
    {
        LlamaModel model = _case.Loaded.Model;
        Device device = model.Weights.Device;
        Tensor ids = tensor(_ids.Values, [_ids.Batch, _ids.Length], dtype: ScalarType.Int64, device: device);
        Tensor? mask = _mask is null ? null : tensor(_mask.Values, [_mask.Batch, _mask.Length], device: device).Differs(0);
        Tensor? softprompt = _earlier is null ? null : Vectors(_earlier).to(device);
        var logits = new List<Tensor>();
        IReadOnlyList<GoldenNode> summaries = _node["expected"]["segment_summaries"].Items;
        IReadOnlyList<GoldenNode> calls = _node["rope_calls"].Items;
        int emitted = 0;
        int start = 0;
        for (int segment = 0; segment < _counts.Length; segment++)
        {
            int count = _counts[segment];
            bool summarise = _summariseLast || segment < _counts.Length - 1;
            long before = softprompt?.size(1) ?? 0;
            Tensor? keep = mask?.narrow(1, start, count);
            SegmentOutput output = SegmentEncoder.Encode(model, softprompt, ids.narrow(1, start, count), keep, summarise);
            Tensor rows = model.Logits(output.Tokens);
            logits.Add(keep is null ? rows : rows * keep.unsqueeze(-1));
            ComparePositions(calls, segment, before + (summarise ? model.Config.SummaryLength : 0), start, count);
            if (output.Summary is { } summary)
            {
                CompareTensor(GoldenKind.Summary, At(summaries, emitted, "segment_summaries"), summary);
                emitted++;
                softprompt = softprompt is null || !model.Config.AccumulateSummary ? summary : cat([softprompt, summary], 1);
            }

            start += count;
        }

        CheckCount(summaries.Count, emitted, "segment_summaries");
        CheckCount(calls.Count, _counts.Length, "rope_calls");
        CompareTensor(
            GoldenKind.Softprompt,
            _node["expected"]["softprompt"].Text(),
            softprompt ?? throw new GoldenFault(_node.Path, "no segment emits a summary"));
        if (_node["expected"]["logits"].TextOrNull() is { } name)
        {
            CompareTensor(GoldenKind.ContextLogits, name, cat(logits, 1));
        }
    }

    private async Task CompareCompressorAsync(CancellationToken cancellationToken)
    {
        var compressor = new AutoCompressor(_case.Loaded, tokens => [tokens.Length]);
        int emitting = _summariseLast ? _counts.Length : _counts.Length - 1;
        string[] names = [.. _node["expected"]["segment_summaries"].Items.Select(item => item.Text()).Take(emitting)];
        for (int row = 0; row < _ids.Batch; row++)
        {
            var segments = new List<ReadOnlyMemory<int>>();
            int start = 0;
            foreach (int count in _counts.Take(emitting))
            {
                segments.Add(_ids.Row(row, start, count));
                start += count;
            }

            float[] earlier = _earlier is null ? [] : RowOf(_earlier, row);
            int segment = 0;
            await foreach (float[] summary in compressor
                .CompressAsync(segments, earlier, cancellationToken).ConfigureAwait(false))
            {
                _case.Report.Compare(GoldenKind.CachedSummary, names[segment], RowOf(names[segment], row), summary);
                segment++;
            }
        }
    }

    private void ComparePositions(IReadOnlyList<GoldenNode> calls, int segment, long besides, int start, int count)
    {
        GoldenNode call = calls.Count > segment
            ? calls[segment]
            : throw new GoldenFault($"{_node.Path}.rope_calls", $"has {calls.Count} passes, {_counts.Length} were run");
        _case.Report.Compare(GoldenKind.Positions, call.Path, [call["offset"].Integer()], [0]);
        long[] lengths = [.. Enumerable.Range(0, _ids.Batch).Select(
            row => besides + (_mask is null ? count : _mask.Row(row, start, count).Sum()))];
        if (call.Find("packed_lengths") is { } packed)
        {
            _case.Report.Compare(GoldenKind.Positions, packed.Path, packed.Integers(), lengths);
        }
        else
        {
            long length = call["length"].Integer();
            _case.Report.Compare(
                GoldenKind.Positions, call.Path, [.. Enumerable.Repeat(length, _ids.Batch)], lengths);
        }
    }

    /// <summary>A mask marks the padding: so a mask that the original ignores is compared too.</summary>
    private void CompareMask(GoldenIds? mask, GoldenNode node)
    {
        if (mask is not null)
        {
            long padding = _case.Loaded.Config.PadId ?? throw new GoldenFault(node.Path, "the model has no pad_token_id");
            long[] marked = Array.ConvertAll(_ids.Values, id => id == padding ? 0L : 1L);
            _case.Report.Compare(GoldenKind.Inputs, node.Text(), mask.Values, marked);
        }
    }

    private void CheckCount(int expected, int actual, string field)
    {
        if (expected != actual)
        {
            throw new GoldenFault($"{_node.Path}.{field}", $"the fixture has {expected}, {actual} were computed");
        }
    }

    private string At(IReadOnlyList<GoldenNode> names, int index, string field) => index < names.Count
        ? names[index].Text()
        : throw new GoldenFault($"{_node.Path}.expected.{field}", $"has {names.Count} entries only");

    private void CompareTensor(GoldenKind kind, string name, Tensor actual) =>
        _case.Compare(kind, name, actual.shape, actual.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray());

    private Tensor Vectors(string name) =>
        tensor(_case.Tensors.Floats(name), _case.Tensors.Shape(name), dtype: ScalarType.Float32);

    private float[] RowOf(string name, int row)
    {
        float[] all = _case.Tensors.Floats(name);
        int length = all.Length / _ids.Batch;
        return all[(row * length)..((row + 1) * length)];
    }
}
