using LLoCO.Core.Pipeline.Ingestion;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <content>How well the model knows a text.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Measures how well the model knows a text, without compressing it: what a model's reference is made
    /// of.</summary>
    /// <param name="text">The text; not blank.</param>
    /// <param name="cancellationToken">Checked between stretches of the text.</param>
    /// <returns>The figures; the loss where the decoder can score given words.</returns>
    /// <exception cref="LlocoException">The text has no tokens.</exception>
    internal async Task<DocumentFamiliarity> MeasureFamiliarityAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        EnsureUsable();
        var cut = CutDocument.From(_layers.Tokenizer, _layers.Compressor, text);
        return await new FamiliarityMeter(_layers).MeasureAsync(text, cut, always: true, cancellationToken).ConfigureAwait(false);
    }
}
