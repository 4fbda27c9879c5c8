using LLoCO.Core.Kernels;

namespace LLoCO.Core.Decoding.Sampling;

/// <summary>
/// Chooses tokens from logits: repetition penalty, then greedy, or temperature, top-k, top-p and a draw, in that order (the
/// order of transformers' logits processors). One sampler per request.
/// </summary>
internal sealed class TokenSampler
{
    private readonly GenerationOptions _options;
    private readonly SamplerRandom _random;
    private readonly HashSet<int> _seen = [];
    private readonly KnownTokens _known;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="known">The ids that may be chosen; all if omitted.</param>
    internal TokenSampler(GenerationOptions options, KnownTokens? known = null)
    {
        _options = options;
        _known = known ?? KnownTokens.All;
        _random = new SamplerRandom(unchecked((ulong)(options.Seed ?? Random.Shared.Next())));
    }

    /// <summary>Notes tokens for the repetition penalty: the prompt's.</summary>
    internal void Observe(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            _seen.Add(id);
        }
    }

    /// <summary>Chooses the next token and notes it.</summary>
    /// <param name="logits">One logit per id; not modified.</param>
    /// <returns>The id, and its natural-log probability under the unmodified logits.</returns>
    /// <exception cref="LlocoException">The logits hold NaN: the weights are damaged or overflowed.</exception>
    internal (int Id, float LogProbability) Next(ReadOnlySpan<float> logits)
    {
        (int place, float logProbability) = NextOfKnown(_known.Select(logits));
        return (_known.IdOf(place), logProbability);
    }

    private (int Place, float LogProbability) NextOfKnown(ReadOnlySpan<float> logits)
    {
        (float largest, double sum) = Exponentials(logits);
        if (!float.IsFinite(largest))
        {
            throw new LlocoException(
                $"The model's logits hold {largest}: the weights are damaged, or float16 overflowed. Try bfloat16 or float32.");
        }

        int id = Choose(logits, largest);
        if (_options.RepetitionPenalty != 1)
        {
            _seen.Add(id);
        }

        return (id, (float)(logits[id] - largest - Math.Log(sum)));
    }

    private int Choose(ReadOnlySpan<float> logits, float largest)
    {
        if (_options is { RepetitionPenalty: 1, Temperature: 0 })
        {
            return logits.IndexOf(largest);
        }

        float[]? penalised = _options.RepetitionPenalty == 1 ? null : Penalise(logits);
        ReadOnlySpan<float> scores = penalised ?? logits;
        return _options.Temperature == 0 ? IndexOfMax(scores) : Draw(scores);
    }

    private float[] Penalise(ReadOnlySpan<float> logits)
    {
        float[] scores = logits.ToArray();
        float penalty = (float)_options.RepetitionPenalty;
        foreach (int id in _seen.Where(id => id < scores.Length))
        {
            scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
        }

        return scores;
    }

    private int Draw(ReadOnlySpan<float> scores)
    {
        double largest = scores[IndexOfMax(scores)];
        var weights = new double[scores.Length];
        for (int id = 0; id < weights.Length; id++)
        {
            weights[id] = Math.Exp((scores[id] - largest) / _options.Temperature);
        }

        int[] candidates = Candidates(weights);
        double total = 0;
        foreach (int id in candidates)
        {
            total += weights[id];
        }

        double mark = _random.NextDouble() * total;
        foreach (int id in candidates)
        {
            mark -= weights[id];
            if (mark < 0)
            {
                return id;
            }
        }

        // Rounding can leave a small rest after the last one.
        return candidates[^1];
    }

    /// <summary>The ids that a draw may give: all by id, or the likeliest first where top-k or top-p cut.</summary>
    private int[] Candidates(double[] weights)
    {
        int[] ids = [.. Enumerable.Range(0, weights.Length)];
        if (_options.TopK == 0 && _options.TopP >= 1)
        {
            return ids;
        }

        // Equal weights keep the order of their ids, so that a cut among them is the same on every platform.
        Array.Sort(ids, (x, y) => weights[x] == weights[y] ? x.CompareTo(y) : weights[y].CompareTo(weights[x]));
        int keep = _options.TopK == 0 ? ids.Length : Math.Min(_options.TopK, ids.Length);
        return ids[..Nucleus(ids.AsSpan(0, keep), weights)];
    }

    /// <summary>Counts the likeliest ids that together reach the nucleus mass; at least one.</summary>
    private int Nucleus(ReadOnlySpan<int> ids, double[] weights)
    {
        double total = 0;
        foreach (int id in ids)
        {
            total += weights[id];
        }

        double mass = 0;
        for (int count = 0; count < ids.Length; count++)
        {
            mass += weights[ids[count]];
            if (mass >= _options.TopP * total)
            {
                return count + 1;
            }
        }

        return ids.Length;
    }

    /// <summary>The first of the largest; a NaN counts as larger than all.</summary>
    private static int IndexOfMax(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int id = 1; id < scores.Length; id++)
        {
            if (!(scores[id] <= scores[best]) && !float.IsNaN(scores[best]))
            {
                best = id;
            }
        }

        return best;
    }

    /// <summary>The largest logit, NaN if there is one, and the sum of e to each minus it. With a vocabulary of tens of thousands
    /// this takes longer than a small model, unless it is done by the kernels.</summary>
    private static unsafe (float Largest, double Sum) Exponentials(ReadOnlySpan<float> logits)
    {
        fixed (float* numbers = logits)
        {
            return KernelSet.Best.Exponentials(numbers, logits.Length);
        }
    }
}
