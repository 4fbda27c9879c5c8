using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Prepares documents of the index, one after the other, because the model has one thread. The index is read in
/// between.</summary>
internal sealed class PrefixPreparation
{
    private readonly PipelineLayers _layers;
    private readonly IPrefixPreparer _preparer;
    private readonly string? _adapter;

    private PrefixPreparation(PipelineLayers layers, IPrefixPreparer preparer, string? adapter)
    {
        _layers = layers;
        _preparer = preparer;
        _adapter = adapter;
    }

    /// <summary>Checks the settings that all documents share.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="adapter">As in <see cref="AskOptions.Adapter"/>.</param>
    /// <exception cref="LlocoException">The decoder cannot prepare prefixes, or does not have the adapter.</exception>
    public static PrefixPreparation Create(PipelineLayers layers, string? adapter)
    {
        AdapterChoice.Choose(layers.Decoder, adapter, group: null);
        return new PrefixPreparation(
            layers,
            layers.Decoder as IPrefixPreparer ?? throw new LlocoException(
                "Documents cannot be prepared with a decoder that keeps no prefix keys and values. Bring one that is an IPrefixPreparer too "
                + "(UseDecoder)."),
            adapter);
    }

    /// <summary>Prefills the summary embeddings of documents and keeps their KV cache, one result per document.</summary>
    /// <param name="documentIds">The documents; all of the index with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    public async IAsyncEnumerable<PrepareResult> RunAsync(
        IEnumerable<string>? documentIds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string id in documentIds ?? await ListAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long started = Stopwatch.GetTimestamp();
            PrepareResult result;
            try
            {
                result = await PrepareAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                result = new PrepareResult(id, null, PrepareOutcome.Failed) { Failure = error };
            }

            yield return result with { Elapsed = Stopwatch.GetElapsedTime(started) };
        }
    }

    private async Task<PrepareResult> PrepareAsync(string id, CancellationToken cancellationToken)
    {
        bool computed = false;
        int vectors = 0;
        string? adapter = null;
        await foreach (DocumentRecord part in DocumentParts.FindAsync(_layers.Index, id, first: 1, cancellationToken)
            .ConfigureAwait(false))
        {
            SummaryEmbeddings? summary = await _layers.Index.LoadSummaryAsync(part.Id, cancellationToken).ConfigureAwait(false);
            if (summary is not null)
            {
                adapter = AdapterChoice.Choose(_layers.Decoder, _adapter, part.Group);
                computed |= await _preparer.PrepareAsync([summary], adapter, cancellationToken).ConfigureAwait(false);
                vectors += summary.Count;
            }
        }

        return vectors == 0
            ? throw new LlocoException($"There is no document '{id}' in the index. Ingest it first.")
            : new PrepareResult(id, adapter, computed ? PrepareOutcome.Computed : PrepareOutcome.Known) { SummaryVectors = vectors };
    }

    /// <summary>The ids are read first, because the work may take long and must not hold the index open.</summary>
    private async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (DocumentRecord record in _layers.Index.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            if (DocumentParts.NumberOf(record.Id) == 1)
            {
                ids.Add(record.Id);
            }
        }

        return ids;
    }
}
