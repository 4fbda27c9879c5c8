using LLoCO.Core.Index;
using LLoCO.Server.Access;
using LLoCO.Server.Documents;
using LLoCO.Server.Pipelines;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LLoCO.Server.Mcp;

/// <summary>The documents of a caller's pipeline as resources: their texts.</summary>
/// <param name="pipelines">The pipelines of callers.</param>
internal sealed class McpResources(PipelineSource pipelines)
{
    /// <summary>Lists the documents of a caller.</summary>
    public async ValueTask<ListResourcesResult> ListAsync(
        RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        Caller caller = CallerIdentity.Find(request.User);
        try
        {
            List<Resource> documents = await pipelines.UseAsync(
                caller,
                one => one.Shelf.ListAsync(caller, null, cancellationToken).Select(Describe).ToListAsync(cancellationToken).AsTask(),
                cancellationToken).ConfigureAwait(false);
            return new ListResourcesResult { Resources = documents };
        }
        catch (ServerException refused)
        {
            throw new McpProtocolException(refused.Message, McpErrorCode.InvalidRequest);
        }
    }

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
            string text = await pipelines.UseAsync(
                caller, one => ReadAsync(one.Shelf, caller, DocumentUri.Read(uri), cancellationToken), cancellationToken).ConfigureAwait(false);
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = text }] };
        }
        catch (ServerException)
        {
            throw new McpProtocolException($"There is no resource '{uri}'.", McpErrorCode.ResourceNotFound);
        }
    }

    private static async Task<string> ReadAsync(DocumentShelf shelf, Caller caller, string id, CancellationToken cancellationToken)
    {
        DocumentRecord record = await shelf.FindAsync(caller, id, cancellationToken).ConfigureAwait(false);
        return await shelf.LoadTextAsync(record, cancellationToken).ConfigureAwait(false);
    }

    private static Resource Describe(DocumentRecord record) => new()
    {
        Name = record.Id,
        Uri = DocumentUri.Create(record.Id),
        Description = $"{record.Tokens} tokens, group {record.Group}",
        MimeType = "text/plain",
    };
}
