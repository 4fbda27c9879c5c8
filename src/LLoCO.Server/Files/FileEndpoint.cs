using System.Text;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Server.Access;
using LLoCO.Server.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLoCO.Server.Files;

/// <summary>Documents as files of OpenAI's interface: an uploaded file is compressed before the response says that it is
/// processed.</summary>
internal sealed class FileEndpoint(DocumentShelf shelf)
{
    private static readonly string[] Purposes = ["user_data", "assistants"];

    /// <summary>Lists files. Their sizes are told one by one.</summary>
    public async Task ListAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string? purpose = context.Request.Query["purpose"].FirstOrDefault();

        // Documents keep no purpose: whoever lists by the one that was given at the upload finds them.
        List<object> data = purpose is null || Purposes.Contains(purpose)
            ? await shelf.ListAsync(caller, null, cancellationToken).Select(record => Describe(record, null))
                .ToListAsync(cancellationToken).ConfigureAwait(false)
            : [];
        await ServerJson.WriteAsync(context.Response, new { @object = "list", data, has_more = false }).ConfigureAwait(false);
    }

    /// <summary>Describes a file.</summary>
    public async Task ShowAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await FindAsync(context, caller, cancellationToken).ConfigureAwait(false);
        string text = await shelf.LoadTextAsync(record, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, Describe(record, Encoding.UTF8.GetByteCount(text))).ConfigureAwait(false);
    }

    /// <summary>Sends the text of a file.</summary>
    public async Task ReadAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await FindAsync(context, caller, cancellationToken).ConfigureAwait(false);
        string text = await shelf.LoadTextAsync(record, cancellationToken).ConfigureAwait(false);
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a file.</summary>
    public async Task DeleteAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        DocumentRecord record = await FindAsync(context, caller, cancellationToken).ConfigureAwait(false);
        await shelf.DeleteAsync(record, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, new { id = FileId.Create(record.Id), @object = "file", deleted = true })
            .ConfigureAwait(false);
    }

    /// <summary>Adds a file.</summary>
    public async Task AddAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
        {
            throw ServerException.Invalid(null, "Send the file as multipart/form-data, with the fields 'file' and 'purpose'.");
        }

        IFormCollection form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        if (form.Keys.FirstOrDefault(name => name is not ("purpose" or "group")) is { } unknown)
        {
            throw new ServerException(400, "unsupported_parameter", $"{unknown} is not supported. Leave it out.", unknown);
        }

        string purpose = form["purpose"].ToString();
        IFormFile file = form.Files is [{ Name: "file" } only] ? only : throw ServerException.Invalid("file", "Send one file, as field 'file'.");
        if (!Purposes.Contains(purpose))
        {
            throw ServerException.Invalid("purpose", $"purpose must be one of {string.Join(", ", Purposes)}.");
        }

        using var body = new MemoryStream();
        await file.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        string text = await DocumentUpload.ReadFileAsync(file.FileName, file.ContentType, body, cancellationToken).ConfigureAwait(false);
        SourceDocument document = DocumentUpload.Create(caller, file.FileName, form["group"].ToString(), text);
        await shelf.EnsureFreeAsync(caller, document, cancellationToken).ConfigureAwait(false);
        await shelf.AddAsync(document, null, cancellationToken).ConfigureAwait(false);
        DocumentRecord record = await shelf.FindAsync(caller, document.Id, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, Describe(record, body.Length)).ConfigureAwait(false);
    }

    private Task<DocumentRecord> FindAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) =>
        shelf.FindAsync(caller, FileId.Read(context.GetRouteValue("id") as string ?? string.Empty), cancellationToken);

    /// <summary>The index keeps no times, so that a file was created at the beginning of all.</summary>
    private static object Describe(DocumentRecord record, long? bytes) => new
    {
        id = FileId.Create(record.Id),
        @object = "file",
        bytes,
        created_at = 0,
        filename = record.Id,
        purpose = Purposes[0],
        status = "processed",
        lloco = DocumentJson.Describe(record),
    };
}
