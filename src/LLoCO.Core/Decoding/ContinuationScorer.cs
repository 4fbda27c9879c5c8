using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Runtime;
using TorchSharp;

namespace LLoCO.Core.Decoding;

/// <summary>Scores continuations of one context. The KV cache of the context is computed once.</summary>
internal static class ContinuationScorer
{
    /// <summary>Scores each continuation by the log-probability of its tokens after the context.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">Checked by the caller.</param>
    /// <param name="prefixes">Where keys and values of earlier prefixes are kept.</param>
    /// <param name="kernels">Compute short prefixes, as for answers.</param>
    /// <param name="cancellationToken">Checked before each continuation.</param>
    public static async Task<IReadOnlyList<ContinuationScore>> RunAsync(
        LoadedModel model, ScoringRequest request, PrefixCache prefixes, ModelKernels kernels, CancellationToken cancellationToken)
    {
        LoraAdapter? adapter = await model.FindPassAdapterAsync(request.Adapter, cancellationToken).ConfigureAwait(false);
        int held = model.FindPrefix(request.Adapter)?.Length ?? 0;
        int prefix = request.Prefix.Sum(one => one.Count) + prefixes.Frame.Count(request.Prefix.Count);
        int before = held + prefix + request.Context.Length;
        int longest = request.Continuations.Max(one => one.Cue.Length + one.Target.Length);
        DecodeSession? session = null;
        var scores = new List<ContinuationScore>(request.Continuations.Count);
        try
        {
            session = await model.Worker.RunAsync(
                () => Begin(model, adapter, request, prefixes, kernels, before + longest), cancellationToken).ConfigureAwait(false);
            long place = session.KeyValues.Length;
            foreach (Continuation one in request.Continuations)
            {
                // One job per continuation, so that questions can run in between.
                scores.Add(await model.Worker.RunAsync(
                    () => Score(session, one, place, model.Config.VocabularySize), cancellationToken).ConfigureAwait(false));
            }
        }
        finally
        {
            session?.Dispose();
        }

        return scores;
    }

    private static DecodeSession Begin(
        LoadedModel model, LoraAdapter? adapter, ScoringRequest request, PrefixCache prefixes, ModelKernels kernels, int capacity)
    {
        var session = new DecodeSession(model.Model, adapter, capacity, kernels.Find(model.Model));
        try
        {
            if (model.FindPrefix(request.Adapter) is { } slot)
            {
                session.Attach(slot.Get);
            }

            session.FeedPrefix(request.Prefix, prefixes);
            if (!request.Context.IsEmpty)
            {
                session.FeedTokens(request.Context.Span);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static ContinuationScore Score(DecodeSession session, Continuation one, long place, int vocabulary)
    {
        using var scope = torch.NewDisposeScope();

        // The last token is not fed, because nothing after it is scored.
        int[] ids = [.. one.Cue.Span, .. one.Target.Span[..^1]];
        float[] logits = session.FeedTokens(ids, all: true);
        session.Truncate(place);
        double sum = 0;
        bool greedy = true;
        for (int i = 0; i < one.Target.Length; i++)
        {
            ReadOnlySpan<float> row = logits.AsSpan((one.Cue.Length - 1 + i) * vocabulary, vocabulary);
            int id = one.Target.Span[i];
            (float largest, double total) = Exponentials(row);
            sum += row[id] - largest - Math.Log(total);
            greedy = greedy && row[id] == largest && !row[..id].Contains(largest);
        }

        return new ContinuationScore(sum, greedy);
    }

    // A measurement of a document reads thousands of rows as wide as the vocabulary: the kernels are faster than a loop.
    private static unsafe (float Largest, double Total) Exponentials(ReadOnlySpan<float> logits)
    {
        fixed (float* numbers = logits)
        {
            return KernelSet.Best.Exponentials(numbers, logits.Length);
        }
    }
}
