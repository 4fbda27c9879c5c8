using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes logits for answers under way. Used on the model's thread only.</summary>
internal interface ISequenceEngine : IDisposable
{
    /// <summary>Makes room for a request's answer. What is known of its prefix is put in front; nothing is computed.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>What the other methods know the answer by, until <see cref="Close"/>.</returns>
    SequenceHandle Open(DecodeRequest request, LoraAdapter? adapter);

    /// <summary>Releases an answer's keys and values, once.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave; of no use afterwards.</param>
    void Close(SequenceHandle sequence);

    /// <summary>Says whether the prefix is still to be read, before anything of the prompt.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    bool NeedsPrefix(SequenceHandle sequence);

    /// <summary>Reads a bounded piece of an answer's prefix.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave, where <see cref="NeedsPrefix"/>.</param>
    void PrefillPrefix(SequenceHandle sequence);

    /// <summary>Says which prompts can be read together: those of equal groups.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    SequenceGroup PromptGroupOf(SequenceHandle sequence);

    /// <summary>Feeds parts of prompts of one group. Either all of them have been read or, where it throws, none. What follows a
    /// prompt that ends is in <see cref="Logits"/>, at the place of its part.</summary>
    /// <param name="parts">The parts, of each answer at most one.</param>
    void PrefillPrompts(ReadOnlySpan<PromptPart> parts);

    /// <summary>Says which answers can share a step: those of equal groups.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    SequenceGroup GroupOf(SequenceHandle sequence);

    /// <summary>Feeds one token to each of several answers of one group. Either all of them have taken it or, where it throws,
    /// none.</summary>
    /// <param name="sequences">The answers, each once.</param>
    void Step(ReadOnlySpan<SequenceToken> sequences);

    /// <summary>What may follow in a sequence of the last call, one logit per id; valid until the next call.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    ReadOnlySpan<float> Logits(int sequence);
}

/// <summary>What an engine knows an answer by; never given twice.</summary>
/// <param name="Number">The answer's number.</param>
internal readonly record struct SequenceHandle(long Number);

/// <summary>Answers of equal groups can share a pass.</summary>
/// <param name="Number">The group's number.</param>
internal readonly record struct SequenceGroup(int Number);

/// <summary>A token for an answer.</summary>
/// <param name="Sequence">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Id">The token that was chosen last.</param>
internal readonly record struct SequenceToken(SequenceHandle Sequence, int Id);

/// <summary>The next tokens of a prompt.</summary>
/// <param name="Sequence">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Ids">The tokens; at least one.</param>
/// <param name="Ends">Whether the prompt ends with them.</param>
internal readonly record struct PromptPart(SequenceHandle Sequence, ReadOnlyMemory<int> Ids, bool Ends);
