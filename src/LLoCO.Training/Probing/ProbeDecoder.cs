using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Training.Probing;

/// <summary>The decoder of a pipeline over a <see cref="ModelProbe"/>, which also counts its steps.</summary>
public sealed class ProbeDecoder : IAnswerDecoder, IAsyncDisposable
{
    private readonly LlamaAnswerDecoder _decoder;

    internal ProbeDecoder(LlamaAnswerDecoder decoder) => _decoder = decoder;

    /// <inheritdoc/>
    public ModelFingerprint Fingerprint => _decoder.Fingerprint;

    /// <inheritdoc/>
    public int NativeWindow => _decoder.NativeWindow;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Adapters => _decoder.Adapters;

    /// <summary>Gets how many steps were taken, each of one answer or several.</summary>
    public long Steps => _decoder.Batch.Steps;

    /// <summary>Gets how many tokens were fed in all steps together.</summary>
    public long Fed => _decoder.Batch.Fed;

    /// <inheritdoc/>
    public IAsyncEnumerable<DecodeStep> DecodeAsync(DecodeRequest request, CancellationToken cancellationToken = default) =>
        _decoder.DecodeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _decoder.DisposeAsync();
}
