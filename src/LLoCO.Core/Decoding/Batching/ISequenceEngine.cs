using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes logits for answers in progress. Used on the model's thread only.</summary>
internal interface ISequenceEngine : IDisposable
{
    /// <summary>Allocates the KV cache of an answer. A cached prefix is attached; nothing is computed.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The handle of the answer for the other methods, until <see cref="Close"/>.</returns>
    SequenceHandle Open(DecodeRequest request, LoraAdapter? adapter);

    /// <summary>Releases an answer's keys and values, once.</summary>
    /// <param name="sequence">The handle from <see cref="Open"/>; invalid afterwards.</param>
    void Close(SequenceHandle sequence);

    /// <summary>Tells whether the prefix still needs prefill, before anything of the prompt.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    bool NeedsPrefix(SequenceHandle sequence);

    /// <summary>Prefills a bounded piece of an answer's prefix.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave, where <see cref="NeedsPrefix"/>.</param>
    void PrefillPrefix(SequenceHandle sequence);

    /// <summary>Gets the group of a prompt. Prompts of equal groups can be prefilled together.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    SequenceGroup PromptGroupOf(SequenceHandle sequence);

    /// <summary>Prefills parts of prompts of one group. If it throws, none of them was prefilled. The logits after a prompt that
    /// ends are in <see cref="Logits"/>, at the index of its part.</summary>
    /// <param name="parts">The parts, of each answer at most one.</param>
    void PrefillPrompts(ReadOnlySpan<PromptPart> parts);

    /// <summary>Gets the group of an answer. Answers of equal groups can share a step.</summary>
    /// <param name="sequence">What <see cref="Open"/> gave.</param>
    SequenceGroup GroupOf(SequenceHandle sequence);

    /// <summary>Feeds one token to each of several answers of one group. If it throws, none of them has taken its
    /// token.</summary>
    /// <param name="sequences">The answers, each once.</param>
    void Step(ReadOnlySpan<SequenceToken> sequences);

    /// <summary>Gets the logits of a sequence of the last call, one per id; valid until the next call.</summary>
    /// <param name="sequence">The sequence, from 0.</param>
    ReadOnlySpan<float> Logits(int sequence);
}

/// <summary>An engine's handle of an answer; never reused.</summary>
/// <param name="Number">The answer's number.</param>
internal readonly record struct SequenceHandle(long Number);

/// <summary>Answers of equal groups can share a pass.</summary>
/// <param name="Number">The group's number.</param>
internal readonly record struct SequenceGroup(int Number);

/// <summary>The next input token of an answer.</summary>
/// <param name="Sequence">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Id">The token that was chosen last.</param>
internal readonly record struct SequenceToken(SequenceHandle Sequence, int Id);

/// <summary>The next tokens of a prompt.</summary>
/// <param name="Sequence">What <see cref="ISequenceEngine.Open"/> gave.</param>
/// <param name="Ids">The tokens; at least one.</param>
/// <param name="Ends">Whether the prompt ends with them.</param>
internal readonly record struct PromptPart(SequenceHandle Sequence, ReadOnlyMemory<int> Ids, bool Ends);
