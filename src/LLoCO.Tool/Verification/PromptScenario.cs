using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Training.Probing;
using LLoCO.Core;

namespace LLoCO.Tool.Verification;

/// <summary><c>prompts[]</c>: a prompt after a soft prompt, with the base model or an adapter, then token by token.</summary>
internal sealed class PromptScenario
{
    private readonly GoldenCase _case;
    private readonly GoldenNode _node;
    private readonly GoldenNode _expected;
    private readonly string? _adapter;
    private readonly int[] _prompt;
    private readonly float[] _softprompt;
    private readonly int _count;

    private PromptScenario(GoldenCase golden, GoldenNode node)
    {
        _case = golden;
        _node = node;
        _expected = node["expected"];
        _adapter = node["adapter"].TextOrNull();
        GoldenIds ids = golden.Ids(node, "ids");
        _prompt = ids.Batch == 1 && ids.Length > 0
            ? ids.Row(0, 0, ids.Length)
            : throw new GoldenFault(node["ids"].Path, "a prompt is one row of at least one token");
        string? softprompt = node["softprompt"].TextOrNull();
        _softprompt = softprompt is null ? [] : golden.Tensors.Floats(softprompt);
        _count = _softprompt.Length / golden.Loaded.Config.HiddenSize;
        GoldenNode length = node["softprompt_length"];
        golden.Report.Compare(GoldenKind.Inputs, length.Path, [length.Integer()], [_count]);
    }

    /// <summary>Runs a scenario.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="node">The scenario.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    internal static async Task RunAsync(GoldenCase golden, GoldenNode node, CancellationToken cancellationToken)
    {
        node["name"].Text();
        var scenario = new PromptScenario(golden, node);
        await golden.Loaded.RunAsync(
            model =>
            {
                scenario.CompareFed(model, kernels: null);
                scenario.CompareGreedy(model, kernels: null);

                // The default decoding path on a CPU; other devices have no kernels to compare.
                using PassKernels? kernels = model.CreateKernels();
                if (kernels is not null)
                {
                    scenario.CompareFed(model, kernels);
                    scenario.CompareGreedy(model, kernels);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await scenario.CompareStopAsync(cancellationToken).ConfigureAwait(false);
        scenario.ComparePositions();
    }

    private void CompareFed(ModelPasses model, PassKernels? kernels)
    {
        long vocabulary = model.Config.VocabularySize;
        string name = _expected["decode_ids"].Text();
        GoldenIds fed = _case.TokensOnly(_case.Ids(name), name);
        using PassSession session = Begin(model, fed.Length, kernels);
        float[] prefill = session.FeedTokens(_prompt, all: true);
        _case.Compare(
            GoldenKind.PrefillLogits, _expected["prefill_logits"].Text(), [1, _prompt.Length, vocabulary], prefill);
        float[] decoded = [.. fed.Row(0, 0, fed.Length).SelectMany(id => session.FeedToken(id).ToArray())];
        _case.Compare(GoldenKind.DecodeLogits, _expected["decode_logits"].Text(), [1, fed.Length, vocabulary], decoded);
    }

    private void CompareGreedy(ModelPasses model, PassKernels? kernels)
    {
        string name = _expected["greedy_ids"].Text();
        GoldenIds expected = _case.Ids(name);
        GoldenIds fed = _case.Ids(_expected["decode_ids"].Text());
        using PassSession session = Begin(model, expected.Length, kernels);
        float[] logits = session.FeedTokens(_prompt);
        var chosen = new List<long>();
        double smallest = double.PositiveInfinity;
        for (int i = 0; i < expected.Length; i++)
        {
            logits = i == 0 ? logits : session.FeedToken((int)chosen[^1]).ToArray();
            smallest = Math.Min(smallest, Margin(logits));
            chosen.Add(session.Choose(logits));
        }

        GoldenNode values = _expected["greedy_values"];
        _case.Report.Compare(GoldenKind.GreedyIds, name, expected.Values, [.. chosen]);
        _case.Report.Compare(GoldenKind.GreedyIds, values.Path, values.Integers(), [.. chosen]);
        _case.Report.Compare(
            GoldenKind.GreedyIds, _expected["decode_ids"].Text(), fed.Values, [.. chosen.Take(fed.Length)]);
        GoldenNode margin = _expected["smallest_top2_margin"];
        _case.Report.Compare(GoldenKind.Margin, margin.Path, margin.Number(), smallest);
    }

    /// <summary>The library's complete decoder: prefix, adapter by name, sampler, stop token.</summary>
    private async Task CompareStopAsync(CancellationToken cancellationToken)
    {
        GoldenNode stop = _expected["stop_at"];
        GoldenNode values = stop["greedy_values"];
        long[] expected = values.Integers();
        ProbeDecoder decoder = _case.Loaded.CreateDecoder();
        await using (decoder.ConfigureAwait(false))
        {
            var options = new GenerationOptions
            {
                MaxNewTokens = Math.Max(expected.Length + 1, _case.Ids(_expected["greedy_ids"].Text()).Length),
                StopTokenIds = [checked((int)stop["eos_token_id"].Integer())],
            };
            SummaryEmbeddings[] prefix = _count == 0 ? [] : [Summary()];
            var request = new DecodeRequest(prefix, _prompt, _adapter, options);
            var actual = new List<long>();
            FinishReason? finish = null;
            await foreach (DecodeStep step in decoder.DecodeAsync(request, cancellationToken).ConfigureAwait(false))
            {
                actual.Add(step.TokenId);
                finish = step.Finish;
            }

            _case.Report.Compare(GoldenKind.StopAt, values.Path, expected, [.. actual]);
            _case.Report.Compare(GoldenKind.StopAt, stop.Path, nameof(FinishReason.Stop), finish.ToString()!);
        }
    }

    private void ComparePositions()
    {
        // The first pass has soft prompt and prompt; each later pass has the token chosen before.
        long next = 0;
        foreach (GoldenNode call in _node["rope_calls"].Items)
        {
            long length = next == 0 ? _count + _prompt.Length : 1;
            _case.Report.Compare(
                GoldenKind.Positions, call.Path, [call["offset"].Integer(), call["length"].Integer()], [next, length]);
            next += length;
        }
    }

    private PassSession Begin(ModelPasses model, int newTokens, PassKernels? kernels)
    {
        PassSession session = model.Begin(_prompt.Length + newTokens, kernels, _adapter);
        if (_count > 0)
        {
            session.FeedVectors(_softprompt);
        }

        return session;
    }

    private SummaryEmbeddings Summary() => SummaryEmbeddings.FromVectors(
        _node["softprompt"].Text(),
        _softprompt,
        _case.Loaded.Config.HiddenSize,
        SummaryEncoding.Float32,
        [new SegmentSummary(0, 0, 1, 0, _count)],
        _case.Loaded.Fingerprint);

    private static double Margin(float[] logits)
    {
        float[] sorted = [.. logits.OrderDescending().Take(2)];
        return (double)sorted[0] - sorted[^1];
    }
}
