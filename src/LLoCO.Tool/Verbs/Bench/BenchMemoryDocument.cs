using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Training.Memories;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>A document of random ids, its prefill, and the key/value memories that are made of it.</summary>
internal sealed class BenchMemoryDocument
{
    private const int ChunkTokens = 8192;

    private readonly ModelProbe _model;
    private readonly IContextCompressor _compressor;
    private readonly int _ratio;

    /// <summary>Draws the ids.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens of the document; what is longer than 8,192 is read in chunks of that length.</param>
    /// <param name="ratio">Tokens for each slot.</param>
    public BenchMemoryDocument(ModelProbe model, int tokens, int ratio)
    {
        _model = model;
        _ratio = ratio;
        _compressor = model.CreateMemoryCompressor(new KeyValueMemoryOptions { Ratio = ratio, ChunkTokens = Math.Min(tokens, ChunkTokens) });
        var random = new Random(1);
        Ids = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(model.Config.VocabularySize))];
    }

    /// <summary>Gets the ids.</summary>
    public int[] Ids { get; }

    /// <summary>Makes a memory of random numbers, as long as the document's would be.</summary>
    public SummaryEmbeddings MakeRandom()
    {
        var random = new Random(2);
        int width = _compressor.Width;
        int slots = (Ids.Length + _ratio - 1) / _ratio;
        var rows = new float[checked(slots * width)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (random.NextSingle() * 2) - 1;
        }

        return Memory(rows, [(Ids.Length, slots)]);
    }

    /// <summary>Prefills the document.</summary>
    /// <param name="tokens">Only its first tokens.</param>
    /// <param name="cancellationToken">Cancels before it.</param>
    /// <returns>Seconds.</returns>
    public async Task<double> PrefillAsync(int tokens, CancellationToken cancellationToken) => await _model.RunAsync(
        passes =>
        {
            // Chunks are read by themselves, as the memory reads them.
            long started = Stopwatch.GetTimestamp();
            foreach (int[] chunk in Ids.Take(tokens).Chunk(ChunkTokens))
            {
                using PassSession session = passes.Begin(chunk.Length);
                session.FeedTokens(chunk);
            }

            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        },
        cancellationToken).ConfigureAwait(false);

    /// <summary>Makes the memory.</summary>
    /// <param name="cancellationToken">Checked between parts.</param>
    public async Task<SummaryEmbeddings> CompactAsync(CancellationToken cancellationToken)
    {
        int[][] chunks = [.. Ids.Chunk(ChunkTokens)];
        var rows = new List<float[]>();
        await foreach (float[] one in _compressor.CompressAsync(
            [.. chunks.Select(chunk => (ReadOnlyMemory<int>)chunk)], default, cancellationToken).ConfigureAwait(false))
        {
            rows.Add(one);
        }

        return Memory([.. rows.SelectMany(one => one)], [.. chunks.Zip(rows, (chunk, one) => (chunk.Length, one.Length / _compressor.Width))]);
    }

    private SummaryEmbeddings Memory(float[] rows, (int Tokens, int Slots)[] segments)
    {
        var map = new List<SegmentSummary>();
        foreach ((int tokens, int slots) in segments)
        {
            SegmentSummary last = map.Count == 0 ? default : map[^1];
            map.Add(new SegmentSummary(map.Count, last.TokenStart + last.TokenCount, tokens, last.VectorStart + last.VectorCount, slots));
        }

        return SummaryEmbeddings.FromVectors("document", rows, _compressor.Width, SummaryEncoding.BFloat16, map, _compressor.Fingerprint);
    }
}
