using LLoCO.Core.Decoding;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>An echo decoder that scores words as the test says.</summary>
internal sealed class ScoringDecoder(EchoDecoder inner) : IAnswerDecoder, IContinuationScorer
{
    public ModelFingerprint Fingerprint => inner.Fingerprint;

    public int NativeWindow => inner.NativeWindow;

    public IReadOnlyCollection<string> Adapters => inner.Adapters;

    /// <summary>Gets the score of target text by what stands in front: <c>raw</c>, <c>summary</c> or <c>nothing</c>.</summary>
    public required Func<string, string, ContinuationScore> Score { get; init; }

    /// <summary>Gets the requests with more than scores: context kind, adapter, cue and target as text.</summary>
    public List<(string Kind, string? Adapter, string Context, string Cue, string Target)> Asked { get; } = [];

    public IAsyncEnumerable<DecodeStep> DecodeAsync(DecodeRequest request, CancellationToken cancellationToken = default) =>
        inner.DecodeAsync(request, cancellationToken);

    public Task<IReadOnlyList<ContinuationScore>> ScoreAsync(
        ScoringRequest request, CancellationToken cancellationToken = default)
    {
        string kind = request.Prefix.Count > 0 ? "summary" : request.Context.IsEmpty ? "nothing" : "raw";
        foreach (Continuation one in request.Continuations)
        {
            Asked.Add((kind, request.Adapter, Text(request.Context), Text(one.Cue), Text(one.Target)));
        }

        return Task.FromResult<IReadOnlyList<ContinuationScore>>(
            [.. request.Continuations.Select(one => Score(kind, Text(one.Target).Trim()))]);
    }

    private static string Text(ReadOnlyMemory<int> ids) => new CharacterTokenizer().Decode(ids.ToArray());
}
