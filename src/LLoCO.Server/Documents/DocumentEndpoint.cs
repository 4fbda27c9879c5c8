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
internal sealed class DocumentEndpoint(LlocoPipeline pipeline)
{
    /// <summary>Lists documents.</summary>
    public async Task ListAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string? group = context.Request.Query["group"].FirstOrDefault();
        if (group is not null)
        {
            caller.PickGroup(group);
        }

        var data = new List<object>();
        await foreach (DocumentRecord record in pipeline.Index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            if (caller.MaySee(record.Group))
            {
                data.Add(DocumentJson.Describe(record));
            }
        }

        await ServerJson.WriteAsync(context.Response, new { @object = "list", data }).ConfigureAwait(false);
    }

    /// <summary>Shows a document with its segments.</summary>
    public async Task ShowAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await FindAsync(context, caller, cancellationToken).ConfigureAwait(false);
        SummaryEmbeddings? summary = await pipeline.Index.LoadSummaryAsync(record.Id, cancellationToken).ConfigureAwait(false);
        DocumentFidelity? fidelity = await pipeline.Index.LoadFidelityAsync(record.Id, cancellationToken).ConfigureAwait(false);
        string? text = context.Request.Query["text"] == "true"
            ? await pipeline.Index.LoadTextAsync(record.Id, cancellationToken).ConfigureAwait(false)
            : null;
        await ServerJson.WriteAsync(context.Response, DocumentJson.Describe(record, summary, fidelity, text)).ConfigureAwait(false);
    }

    /// <summary>Deletes a document.</summary>
    public async Task DeleteAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await FindAsync(context, caller, cancellationToken).ConfigureAwait(false);
        await pipeline.DeleteAsync(record.Id, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, new { id = record.Id, @object = "document.deleted", deleted = true })
            .ConfigureAwait(false);
    }

    /// <summary>Adds a document; with its progress as events if the caller accepts them.</summary>
    public async Task AddAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        SourceDocument document = await DocumentUpload.ReadAsync(context.Request, caller, cancellationToken).ConfigureAwait(false);
        DocumentRecord? there = await pipeline.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
        if (there is not null && !caller.MaySee(there.Group))
        {
            throw new ServerException(409, "id_taken", "The document cannot have this id. Choose another.", "id");
        }

        if (!context.Request.Headers.Accept.Any(one => one?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true))
        {
            IngestResult result = await IngestAsync(document, null, cancellationToken).ConfigureAwait(false);
            await ServerJson.WriteAsync(context.Response, DocumentJson.Describe(Succeeded(result))).ConfigureAwait(false);
            return;
        }

        ServerJson.BeginEvents(context.Response);
        var events = Channel.CreateUnbounded<IngestProgress>();
        Task<IngestResult> work = IngestToAsync(document, events.Writer, cancellationToken);
        await foreach (IngestProgress now in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await ServerJson.WriteEventAsync(
                context.Response, new { id = now.DocumentId, segments_done = now.SegmentsDone, segments = now.Segments }, "progress")
                .ConfigureAwait(false);
        }

        IngestResult done = Succeeded(await work.ConfigureAwait(false));
        await ServerJson.WriteEventAsync(context.Response, DocumentJson.Describe(done), "result").ConfigureAwait(false);
    }

    private static IngestResult Succeeded(IngestResult result) => result.Failure is null
        ? result
        : ServerJson.Explain(result.Failure) is { } told
            ? throw new ServerException(422, "not_ingested", told.Message)
            : throw new LlocoException("The document could not be compressed.", result.Failure);

    private async Task<IngestResult> IngestToAsync(
        SourceDocument document, ChannelWriter<IngestProgress> events, CancellationToken cancellationToken)
    {
        try
        {
            return await IngestAsync(document, new ProgressWriter(events), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            events.Complete();
        }
    }

    private async Task<IngestResult> IngestAsync(
        SourceDocument document, IProgress<IngestProgress>? progress, CancellationToken cancellationToken)
    {
        await foreach (IngestResult result in pipeline.IngestAsync([document], progress, cancellationToken).ConfigureAwait(false))
        {
            return result;
        }

        throw new LlocoException("The document gave no result.");
    }

    private async Task<DocumentRecord> FindAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        // The route's value keeps %2F, since a slash separates parts of a path.
        string id = Uri.UnescapeDataString(context.GetRouteValue("id") as string ?? string.Empty);
        DocumentRecord? record = await pipeline.Index.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return record is not null && caller.MaySee(record.Group)
            ? record
            : throw new ServerException(404, "document_not_found", $"There is no document '{id}'.", "id");
    }

    private sealed class ProgressWriter(ChannelWriter<IngestProgress> events) : IProgress<IngestProgress>
    {
        void IProgress<IngestProgress>.Report(IngestProgress value) => events.TryWrite(value);
    }
}
