namespace LLoCO.Core.Projection;

/// <summary>Maps summary vectors of the encoder's width to the decoder's width. Implementations are safe for concurrent
/// use.</summary>
public interface ISummaryProjector
{
    /// <summary>Gets the width of the vectors that come in.</summary>
    int InputWidth { get; }

    /// <summary>Gets the width of the vectors that go out: the decoder's hidden size.</summary>
    int OutputWidth { get; }

    /// <summary>Gets what the model fingerprint says about this projector: <c>identity</c>, or a kind and a hash of the
    /// weights.</summary>
    string Fingerprint { get; }

    /// <summary>Maps summary embeddings from the encoder's width to the decoder's.</summary>
    /// <param name="vectors"><c>n * InputWidth</c> floats, row by row.</param>
    /// <returns><c>n * OutputWidth</c> floats, row by row.</returns>
    float[] Project(ReadOnlySpan<float> vectors);
}
