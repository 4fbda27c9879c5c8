using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes logits for answers under way. Used on the model's thread only.</summary>
internal interface IRowEngine : IDisposable
{
    /// <summary>Feeds the prefix and the prompt of a request; what follows them is <see cref="Logits"/> of row 0.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The answer's states, to be given to <see cref="Step"/> and disposed by the caller.</returns>
    IDisposable Begin(DecodeRequest request, LoraAdapter? adapter);

    /// <summary>Says which answers can share a step: those of equal groups.</summary>
    /// <param name="states">What <see cref="Begin"/> gave.</param>
    object GroupOf(IDisposable states);

    /// <summary>Feeds one token to each of several answers of one group. Either all of them have taken it or, where it throws, none.</summary>
    /// <param name="rows">The answers, each once.</param>
    void Step(ReadOnlySpan<RowToken> rows);

    /// <summary>What may follow in a row of the last call, one logit per id; valid until the next call.</summary>
    /// <param name="row">The row, from 0.</param>
    ReadOnlySpan<float> Logits(int row);
}

/// <summary>A token for an answer.</summary>
/// <param name="States">What <see cref="IRowEngine.Begin"/> gave.</param>
/// <param name="Id">The token that was chosen last.</param>
internal readonly record struct RowToken(IDisposable States, int Id);
