using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes logits for answers under way. Used on the model's thread only.</summary>
internal interface IRowEngine : IDisposable
{
    /// <summary>Makes room for a request's answer. What is known of its prefix is put in front; nothing is computed.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The answer's states, to be given to the other methods and disposed by the caller.</returns>
    IDisposable Open(DecodeRequest request, LoraAdapter? adapter);

    /// <summary>Says whether the prefix is still to be read, before anything of the prompt.</summary>
    /// <param name="states">What <see cref="Open"/> gave.</param>
    bool NeedsPrefix(IDisposable states);

    /// <summary>Reads a bounded piece of an answer's prefix.</summary>
    /// <param name="states">What <see cref="Open"/> gave, where <see cref="NeedsPrefix"/>.</param>
    void ReadPrefix(IDisposable states);

    /// <summary>Says which prompts can be read together: those of equal groups.</summary>
    /// <param name="states">What <see cref="Open"/> gave.</param>
    object PromptGroupOf(IDisposable states);

    /// <summary>Feeds parts of prompts of one group. Either all of them have been read or, where it throws, none. What follows a
    /// prompt that ends is in <see cref="Logits"/>, at the place of its part.</summary>
    /// <param name="parts">The parts, of each answer at most one.</param>
    void ReadPrompts(ReadOnlySpan<PromptPart> parts);

    /// <summary>Says which answers can share a step: those of equal groups.</summary>
    /// <param name="states">What <see cref="Open"/> gave.</param>
    object GroupOf(IDisposable states);

    /// <summary>Feeds one token to each of several answers of one group. Either all of them have taken it or, where it throws, none.</summary>
    /// <param name="rows">The answers, each once.</param>
    void Step(ReadOnlySpan<RowToken> rows);

    /// <summary>What may follow in a row of the last call, one logit per id; valid until the next call.</summary>
    /// <param name="row">The row, from 0.</param>
    ReadOnlySpan<float> Logits(int row);
}

/// <summary>A token for an answer.</summary>
/// <param name="States">What <see cref="IRowEngine.Open"/> gave.</param>
/// <param name="Id">The token that was chosen last.</param>
internal readonly record struct RowToken(IDisposable States, int Id);

/// <summary>The next tokens of a prompt.</summary>
/// <param name="States">What <see cref="IRowEngine.Open"/> gave.</param>
/// <param name="Ids">The tokens; at least one.</param>
/// <param name="Ends">Whether the prompt ends with them.</param>
internal readonly record struct PromptPart(IDisposable States, ReadOnlyMemory<int> Ids, bool Ends);
