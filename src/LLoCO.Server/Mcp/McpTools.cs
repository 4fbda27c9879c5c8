using System.ComponentModel;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Server.Access;
using LLoCO.Server.Documents;
using LLoCO.Server.Pipelines;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LLoCO.Server.Mcp;

/// <summary>The tools of a caller's pipeline.</summary>
/// <param name="pipelines">The pipelines of callers.</param>
/// <param name="ask">How questions are asked by default.</param>
/// <param name="enter">Lets a request use the model.</param>
[McpServerToolType]
internal sealed class McpTools(PipelineSource pipelines, AskOptions ask, Func<Caller, CancellationToken, Task<IDisposable>>? enter)
{
    private const int MaxPassages = 50;

    /// <summary>Answers a question.</summary>
    [McpServerTool(Name = "ask", Title = "Ask the documents", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Answers a question from the compressed documents, with the passages that it found. Ask one short question at a time. "
        + "If the answer has a warning, check it against the sources.")]
    public Task<McpAnswer> AskAsync(
        RequestContext<CallToolRequestParams> context,
        [Description("The question.")] string question,
        [Description("Only documents of this group.")] string? group = null,
        [Description("Only these documents, by id.")] string[]? documents = null,
        CancellationToken cancellationToken = default) => RunAsync(context, usesModel: true, async (caller, one) =>
        {
            if (string.IsNullOrWhiteSpace(question))
            {
                throw ServerException.Invalid("question", "question must not be empty.");
            }

            AskOptions options = ask with { Group = DocumentShelf.PickGroup(caller, group ?? ask.Group), DocumentIds = documents ?? [] };
            LlocoAnswer answer = await one.Pipeline.AskAsync(question, options, cancellationToken).ConfigureAwait(false);
            return new McpAnswer(
                answer.Text,
                answer.Warning,
                answer.Grounding.Probability,
                answer.Confidence.Least,
                [.. answer.Sources.Select(source => new McpPassage(source.DocumentId, source.Start, source.End, source.Text))],
                answer.Tokens.Raw,
                answer.Tokens.Summary + answer.Tokens.Prompt);
        }, cancellationToken);

    /// <summary>Finds passages.</summary>
    [McpServerTool(Name = "search", Title = "Search the documents", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Finds the passages of the documents that hold the words of a query, the best first. The model is not asked.")]
    public Task<McpPassages> SearchAsync(
        RequestContext<CallToolRequestParams> context,
        [Description("The words to look for.")] string query,
        [Description("Only documents of this group.")] string? group = null,
        [Description("The most passages, 1 to 50.")] int limit = 5,
        CancellationToken cancellationToken = default) => RunAsync(context, usesModel: false, async (caller, one) =>
        {
            if (string.IsNullOrWhiteSpace(query) || limit is < 1 or > MaxPassages)
            {
                throw ServerException.Invalid("query", $"query must not be empty, and limit must be from 1 to {MaxPassages}.");
            }

            var wanted = new PassageQuery(query, DocumentShelf.PickGroup(caller, group ?? ask.Group), limit);
            IReadOnlyList<PassageHit> hits = await one.Pipeline.Index.SearchAsync(wanted, cancellationToken).ConfigureAwait(false);
            return new McpPassages([.. hits.Select(hit => new McpPassage(hit.DocumentId, hit.Start, hit.Start + hit.Length, hit.Text))]);
        }, cancellationToken);

    /// <summary>Adds a document.</summary>
    [McpServerTool(Name = "ingest", Title = "Add a document", Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Compresses a text and adds it to the documents, or replaces the document of the same id.")]
    public Task<McpDocument> IngestAsync(
        RequestContext<CallToolRequestParams> context,
        IProgress<ProgressNotificationValue> progress,
        [Description("The document's id, for example its file name.")] string id,
        [Description("The whole text; plain text or Markdown.")] string text,
        [Description("Its group, which selects the adapter.")] string? group = null,
        CancellationToken cancellationToken = default) => RunAsync(context, usesModel: true, async (caller, one) =>
        {
            SourceDocument document = DocumentUpload.Create(caller, id, group ?? ask.Group, text);
            await one.Shelf.EnsureFreeAsync(caller, document, cancellationToken).ConfigureAwait(false);
            IngestResult done = await one.Shelf.AddAsync(document, new SegmentProgress(progress), cancellationToken).ConfigureAwait(false);
            return new McpDocument(
                done.DocumentId, done.Group, done.Tokens, done.SummaryVectors, DocumentUri.Create(done.DocumentId), done.Fidelity?.Score,
                done.Warning);
        }, cancellationToken);

    /// <summary>Lists documents.</summary>
    [McpServerTool(Name = "list", Title = "List the documents", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the documents with their groups, tokens and vectors. The text of each is the resource of its address.")]
    public Task<McpDocuments> ListAsync(
        RequestContext<CallToolRequestParams> context,
        [Description("Only documents of this group.")] string? group = null,
        CancellationToken cancellationToken = default) => RunAsync(context, usesModel: false, async (caller, one) => new McpDocuments(
            await one.Shelf.ListAsync(caller, group, cancellationToken)
                .Select(record => new McpDocument(
                    record.Id, record.Group, record.Tokens, record.SummaryCount, DocumentUri.Create(record.Id), record.Fidelity))
                .ToListAsync(cancellationToken).ConfigureAwait(false)), cancellationToken);

    private async Task<T> RunAsync<T>(
        RequestContext<CallToolRequestParams> context, bool usesModel, Func<Caller, PipelineEndpoints, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            EnsureKnown(context);
            Caller caller = CallerIdentity.Find(context.User);
            using IDisposable? place = usesModel && enter is not null
                ? await enter(caller, cancellationToken).ConfigureAwait(false)
                : null;
            return await pipelines.UseAsync(caller, one => work(caller, one), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (ServerJson.Explain(error) is { } told)
        {
            // What is thrown as this type reaches the model as the tool's error; of others it learns nothing.
            throw new McpException(told.Message, error);
        }
    }

    /// <summary>Refuses arguments that the tool's schema does not name: the package would drop them.</summary>
    private static void EnsureKnown(RequestContext<CallToolRequestParams> context)
    {
        if (context is not { Params.Arguments: { Count: > 0 } given, MatchedPrimitive: McpServerTool tool })
        {
            return;
        }

        string[] known = tool.ProtocolTool.InputSchema.TryGetProperty("properties", out JsonElement properties)
            ? [.. properties.EnumerateObject().Select(property => property.Name)]
            : [];
        if (given.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ServerException(
                400, "unsupported_parameter", $"{unknown} is no argument of {tool.ProtocolTool.Name}. There are: {string.Join(", ", known)}.", unknown);
        }
    }

    private sealed class SegmentProgress(IProgress<ProgressNotificationValue> progress) : IProgress<IngestProgress>
    {
        void IProgress<IngestProgress>.Report(IngestProgress value) => progress.Report(new ProgressNotificationValue
        {
            Progress = value.SegmentsDone, Total = value.Segments, Message = $"{value.SegmentsDone} of {value.Segments} segments",
        });
    }
}
