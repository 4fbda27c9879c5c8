using LLoCO.Core.Kernels;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Prefill of short prompts with the kernels.</summary>
internal static class KernelPrefill
{
    /// <summary>Feeds tokens of several prompts, if they are short together.</summary>
    /// <param name="kernels">The kernels of their model, or <see langword="null"/> for none.</param>
    /// <param name="sessions">The answers, each once; of one model and one adapter.</param>
    /// <param name="parts">The input of each.</param>
    /// <param name="wanted">The answers that need the logits after their last token.</param>
    /// <returns>The engine that has those logits, in the order of the answers; <see langword="null"/> if nothing was fed.</returns>
    internal static unsafe DecodeEngine? TryFeedPrompts(
        KernelDecoder? kernels, DecodeSession[] sessions, ReadOnlyMemory<int>[] parts, bool[] wanted)
    {
        if (kernels?.CanPrefill(parts.Sum(part => part.Length)) != true)
        {
            return null;
        }

        var rows = new List<DecodeSequence>();
        var ends = new List<int>();
        for (int answer = 0; answer < sessions.Length; answer++)
        {
            rows.AddRange(sessions[answer].Rows(parts[answer].Span));
            if (wanted[answer])
            {
                ends.Add(rows.Count - 1);
            }
        }

        kernels.Prefill.Prefill([.. rows], null, [.. ends]);
        for (int answer = 0; answer < sessions.Length; answer++)
        {
            sessions[answer].KeyValues.Commit(parts[answer].Length);
        }

        return kernels.Prefill;
    }
}
