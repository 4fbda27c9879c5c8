using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Server.Access;
using LLoCO.Server.Documents;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LLoCO.Server.Mcp;

/// <summary>The documents of a pipeline as resources: their texts.</summary>
/// <param name="pipeline">The pipeline.</param>
internal sealed class McpResources(LlocoPipeline pipeline)
{
    private readonly DocumentShelf _shelf = new(pipeline);

    /// <summary>Lists the documents of a caller.</summary>
    public async ValueTask<ListResourcesResult> ListAsync(
        RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken) => new()
        {
            Resources = await _shelf.ListAsync(CallerIdentity.Find(request.User), null, cancellationToken).Select(Describe)
                .ToListAsync(cancellationToken).ConfigureAwait(false),
        };

    /// <summary>Tells how documents are addressed.</summary>
    public static ValueTask<ListResourceTemplatesResult> ListTemplatesAsync(
        RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListResourceTemplatesResult
        {
            ResourceTemplates =
            [
                new ResourceTemplate { Name = "document", UriTemplate = DocumentUri.Template, Description = "The text of a document.", MimeType = "text/plain" },
            ],
        });

    /// <summary>Reads the text of a document.</summary>
    public async ValueTask<ReadResourceResult> ReadAsync(
        RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        Caller caller = CallerIdentity.Find(request.User);
        string uri = request.Params?.Uri ?? string.Empty;
        try
        {
            DocumentRecord record = await _shelf.FindAsync(caller, DocumentUri.Read(uri), cancellationToken).ConfigureAwait(false);
            string text = await _shelf.LoadTextAsync(record, cancellationToken).ConfigureAwait(false);
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = text }] };
        }
        catch (ServerException)
        {
            throw new McpProtocolException($"There is no resource '{uri}'.", McpErrorCode.ResourceNotFound);
        }
    }

    private static Resource Describe(DocumentRecord record) => new()
    {
        Name = record.Id,
        Uri = DocumentUri.Create(record.Id),
        Description = $"{record.Tokens} tokens, group {record.Group}",
        MimeType = "text/plain",
    };
}
