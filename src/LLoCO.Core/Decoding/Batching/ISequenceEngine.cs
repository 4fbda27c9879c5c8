using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes logits for answers under way. Used on the model's thread only.</summary>
internal interface ISequenceEngine : IDisposable
{
    /// <summary>Makes room for a request's answer. What is known of its prefix is put in front; nothing is computed.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The answer's keys and values, to be given to the other methods and disposed by the caller.</returns>
    IDisposable Open(DecodeRequest request, LoraAdapter? adapter);

    /// <summary>Says whether the prefix is still to be read, before anything of the prompt.</summary>
    /// <param name="keyValues">What <see cref="Open"/> gave.</param>
    bool NeedsPrefix(IDisposable keyValues);

    /// <summary>Reads a bounded piece of an answer's prefix.</summary>
    /// <param name="keyValues">What <see cref="Open"/> gave, where <see cref="NeedsPrefix"/>.</param>
    void PrefillPrefix(IDisposable keyValues);

    /// <summary>Says which prompts can be read together: those of equal groups.</summary>
    /// <param name="keyValues">What <see cref="Open"/> gave.</param>
    object PromptGroupOf(IDisposable keyValues);

    /// <summary>Feeds parts of prompts of one group. Either all of them have been read or, where it throws, none. What follows a
    /// prompt that ends is in <see cref="Logits"/>, at the place of its part.</summary>
    /// <param name="parts">The parts, of each answer at most one.</param>
    void PrefillPrompts(ReadOnlySpan<PromptPart> parts);

    /// <summary>Says which answers can share a step: those of equal groups.</summary>
    /// <param name="keyValues">What <see cref="Open"/> gave.</param>
    object GroupOf(IDisposable keyValues);

    /// <summary>Feeds one token to each of several answers of one group. Either all of them have taken it or, where it throws,
    /// none.</summary>
    /// <param name="sequences">The answers, each once.</param>
    void Step(ReadOnlySpan<SequenceToken> sequences);

    /// <summary>What may follow in a sequence of the last call, one logit per id; valid until the next call.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    ReadOnlySpan<float> Logits(int sequence);
}

/// <summary>A token for an answer.</summary>
/// <param name="KeyValues">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Id">The token that was chosen last.</param>
internal readonly record struct SequenceToken(IDisposable KeyValues, int Id);

/// <summary>The next tokens of a prompt.</summary>
/// <param name="KeyValues">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Ids">The tokens; at least one.</param>
/// <param name="Ends">Whether the prompt ends with them.</param>
internal readonly record struct PromptPart(IDisposable KeyValues, ReadOnlyMemory<int> Ids, bool Ends);
