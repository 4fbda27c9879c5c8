using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Benchmarks.Asking;

/// <summary>Keeps the last request, to ask the decoder the same thing again without the pipeline around it.</summary>
/// <param name="inner">The decoder.</param>
internal sealed class TimedDecoder(IAnswerDecoder inner) : IAnswerDecoder
{
    private DecodeRequest? _last;

    public ModelFingerprint Fingerprint => inner.Fingerprint;

    public int NativeWindow => inner.NativeWindow;

    public IReadOnlyCollection<string> Adapters => inner.Adapters;

    public async IAsyncEnumerable<DecodeStep> DecodeAsync(
        DecodeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _last = request;
        await foreach (DecodeStep step in inner.DecodeAsync(request, cancellationToken).ConfigureAwait(false))
        {
            yield return step;
        }
    }

    /// <summary>Decodes the last request again.</summary>
    /// <returns>Milliseconds until its first token.</returns>
    internal async Task<double> AgainAsync()
    {
        long started = Stopwatch.GetTimestamp();
        double first = 0;
        await foreach (DecodeStep _ in inner.DecodeAsync(_last!).ConfigureAwait(false))
        {
            first = first == 0 ? Stopwatch.GetElapsedTime(started).TotalMilliseconds : first;
        }

        return first;
    }
}
