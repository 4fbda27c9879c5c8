using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Training.Probing;

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
        await golden.Loaded.RunAsync(scenario.Compute, cancellationToken).ConfigureAwait(false);
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

    private bool Compute(ModelPasses model)
    {
        LlamaConfig config = model.Config;
        float[]? softprompt = _earlier is null ? null : _case.Tensors.Floats(_earlier);
        var logits = new List<float[]>();
        IReadOnlyList<GoldenNode> summaries = _node["expected"]["segment_summaries"].Items;
        IReadOnlyList<GoldenNode> calls = _node["rope_calls"].Items;
        int emitted = 0;
        int start = 0;
        for (int segment = 0; segment < _counts.Length; segment++)
        {
            int count = _counts[segment];
            bool summarise = _summariseLast || segment < _counts.Length - 1;
            long before = (softprompt?.Length ?? 0) / ((long)_ids.Batch * config.HiddenSize);
            var input = new SegmentInput(_ids.Batch, count, Part(_ids, start, count))
            {
                Keep = _mask is null ? null : Array.ConvertAll(Part(_mask, start, count), kept => kept != 0),
                Softprompt = softprompt,
                Summarise = summarise,
            };
            SegmentNumbers output = model.EncodeSegment(input);
            logits.Add(Kept(output.Logits.Numbers, input.Keep));
            ComparePositions(calls, segment, before + (summarise ? config.SummaryLength : 0), start, count);
            if (output.Summary is { } summary)
            {
                _case.Compare(GoldenKind.Summary, At(summaries, emitted, "segment_summaries"), summary);
                emitted++;
                softprompt = softprompt is null || !config.AccumulateSummary ? summary.Numbers : Joined([softprompt, summary.Numbers]);
            }

            start += count;
        }

        CheckCount(summaries.Count, emitted, "segment_summaries");
        CheckCount(calls.Count, _counts.Length, "rope_calls");
        CompareRows(
            GoldenKind.Softprompt,
            _node["expected"]["softprompt"].Text(),
            config.HiddenSize,
            softprompt ?? throw new GoldenFault(_node.Path, "no segment emits a summary"));
        if (_node["expected"]["logits"].TextOrNull() is { } name)
        {
            CompareRows(GoldenKind.ContextLogits, name, config.VocabularySize, Joined(logits));
        }

        return true;
    }

    private async Task CompareCompressorAsync(CancellationToken cancellationToken)
    {
        IContextCompressor compressor = _case.Loaded.CreateCompressor();
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

    private void CompareRows(GoldenKind kind, string name, int width, float[] actual) =>
        _case.Compare(kind, name, [_ids.Batch, actual.Length / _ids.Batch / width, width], actual);

    /// <summary>Some tokens of every row.</summary>
    private static long[] Part(GoldenIds ids, int start, int count) =>
        [.. Enumerable.Range(0, ids.Batch).SelectMany(row => ids.Values.AsSpan((row * ids.Length) + start, count).ToArray())];

    /// <summary>Sets logits at padding to zero, as the original does.</summary>
    private static float[] Kept(float[] logits, bool[]? keep)
    {
        int width = keep is null ? 0 : logits.Length / keep.Length;
        for (int place = 0; place < keep?.Length; place++)
        {
            if (!keep[place])
            {
                logits.AsSpan(place * width, width).Clear();
            }
        }

        return logits;
    }

    /// <summary>Puts parts of each row behind each other.</summary>
    private float[] Joined(IReadOnlyList<float[]> parts)
    {
        var joined = new List<float>(parts.Sum(part => part.Length));
        for (int row = 0; row < _ids.Batch; row++)
        {
            foreach (float[] part in parts)
            {
                int length = part.Length / _ids.Batch;
                joined.AddRange(part.AsSpan(row * length, length));
            }
        }

        return [.. joined];
    }

    private float[] RowOf(string name, int row)
    {
        float[] all = _case.Tensors.Floats(name);
        int length = all.Length / _ids.Batch;
        return all[(row * length)..((row + 1) * length)];
    }
}
