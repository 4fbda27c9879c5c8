using System.Threading.Channels;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using LLoCO.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLoCO.Server.Documents;

/// <summary>Adds, lists, shows and deletes documents of the groups that a caller may use.</summary>
internal sealed class DocumentEndpoint(LlocoPipeline pipeline, DocumentShelf shelf)
{
    /// <summary>Lists documents.</summary>
    public async Task ListAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string? group = context.Request.Query["group"].FirstOrDefault();
        List<object> data = await shelf.ListAsync(caller, group, cancellationToken).Select(DocumentJson.Describe)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, new { @object = "list", data }).ConfigureAwait(false);
    }

    /// <summary>Shows a document with its segments.</summary>
    public async Task ShowAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await shelf.FindAsync(caller, ReadId(context), cancellationToken).ConfigureAwait(false);
        SummaryEmbeddings? summary = await pipeline.Index.LoadSummaryAsync(record.Id, cancellationToken).ConfigureAwait(false);
        DocumentFidelity? fidelity = await pipeline.Index.LoadFidelityAsync(record.Id, cancellationToken).ConfigureAwait(false);
        string? text = QueryFields.Flag(context.Request, "text")
            ? await shelf.LoadTextAsync(record, cancellationToken).ConfigureAwait(false)
            : null;
        await ServerJson.WriteAsync(context.Response, DocumentJson.Describe(record, summary, fidelity, text)).ConfigureAwait(false);
    }

    /// <summary>Deletes a document.</summary>
    public async Task DeleteAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await shelf.FindAsync(caller, ReadId(context), cancellationToken).ConfigureAwait(false);
        await shelf.DeleteAsync(record, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, new { id = record.Id, @object = "document.deleted", deleted = true })
            .ConfigureAwait(false);
    }

    /// <summary>Adds a document; with its progress as events if the caller accepts them.</summary>
    public async Task AddAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        SourceDocument document = await DocumentUpload.ReadAsync(context.Request, caller, cancellationToken).ConfigureAwait(false);
        await shelf.EnsureFreeAsync(caller, document, cancellationToken).ConfigureAwait(false);
        if (!context.Request.Headers.Accept.Any(one => one?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true))
        {
            IngestResult result = await shelf.AddAsync(document, null, cancellationToken).ConfigureAwait(false);
            await ServerJson.WriteAsync(context.Response, DocumentJson.Describe(result)).ConfigureAwait(false);
            return;
        }

        ServerJson.BeginEvents(context.Response);
        var events = Channel.CreateUnbounded<IngestProgress>();
        Task<IngestResult> work = AddAsync(document, events.Writer, cancellationToken);
        await foreach (IngestProgress now in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await ServerJson.WriteEventAsync(
                context.Response, new { id = now.DocumentId, segments_done = now.SegmentsDone, segments = now.Segments }, "progress")
                .ConfigureAwait(false);
        }

        IngestResult done = await work.ConfigureAwait(false);
        await ServerJson.WriteEventAsync(context.Response, DocumentJson.Describe(done), "result").ConfigureAwait(false);
    }

    // The route's value keeps %2F, since a slash separates parts of a path.
    private static string ReadId(HttpContext context) => Uri.UnescapeDataString(context.GetRouteValue("id") as string ?? string.Empty);

    private async Task<IngestResult> AddAsync(
        SourceDocument document, ChannelWriter<IngestProgress> events, CancellationToken cancellationToken)
    {
        try
        {
            return await shelf.AddAsync(document, new ProgressWriter(events), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            events.Complete();
        }
    }

    private sealed class ProgressWriter(ChannelWriter<IngestProgress> events) : IProgress<IngestProgress>
    {
        void IProgress<IngestProgress>.Report(IngestProgress value) => events.TryWrite(value);
    }
}
