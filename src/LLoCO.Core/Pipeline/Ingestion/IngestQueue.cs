using System.Runtime.CompilerServices;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Processes a few documents at the same time and yields their results in the order of the documents.</summary>
internal static class IngestQueue
{
    /// <summary>Ingests documents one after the other while the next ones are tokenized.</summary>
    /// <param name="documents">The documents; the next one is read when there is room for it.</param>
    /// <param name="ingest">Ingests one; its number is from 1. Its failures are results, so it throws only when
    /// cancelled.</param>
    /// <param name="cancellationToken">Ends all of them.</param>
    /// <returns>One result per document, as soon as it and all before it are done.</returns>
    public static async IAsyncEnumerable<IngestResult> RunAsync(
        IAsyncEnumerable<SourceDocument> documents,
        Func<SourceDocument, int, CancellationToken, Task<IngestResult>> ingest,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<IngestResult>>();
        IAsyncEnumerator<SourceDocument> source = documents.GetAsyncEnumerator(stop.Token);
        Task<bool>? next = null;
        try
        {
            int number = 0;
            bool more = true;
            while (more || running.Count > 0)
            {
                if (more && running.Count < DocumentIngester.MaxAtOnce)
                {
                    next ??= source.MoveNextAsync().AsTask();
                    if (running.Count == 0 || await Task.WhenAny(next, running.Peek()).ConfigureAwait(false) == next)
                    {
                        // If the source fails, the results of earlier documents must still be yielded.
                        if (next.IsFaulted && running.Count > 0)
                        {
                            yield return await running.Dequeue().ConfigureAwait(false);
                            continue;
                        }

                        more = await next.ConfigureAwait(false);
                        next = null;
                        if (more)
                        {
                            running.Enqueue(ingest(source.Current, ++number, stop.Token));
                        }

                        continue;
                    }
                }

                yield return await running.Dequeue().ConfigureAwait(false);
            }
        }
        finally
        {
            // When the caller leaves early, no document may stay in progress, and the source may not be read any more.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A plain sequence as one that <see cref="RunAsync"/> takes.</summary>
    public static async IAsyncEnumerable<SourceDocument> From(IEnumerable<SourceDocument> documents)
    {
        foreach (SourceDocument document in documents)
        {
            yield return document;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
