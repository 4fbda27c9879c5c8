using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Readers;
using LLoCO.Server.Access;
using LLoCO.Server.Answers;
using Microsoft.AspNetCore.Http;

namespace LLoCO.Server.Documents;

/// <summary>A document that is uploaded: a file or text with its name in the query, or JSON.</summary>
internal static class DocumentUpload
{
    // What the command calls the group that it finds for a document.
    private const string AutoGroup = "auto";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the document of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Whose document it is.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ServerException">A field is missing, or the text is none.</exception>
    public static async Task<SourceDocument> ReadAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken)
    {
        if (request.HasJsonContentType() && request.Query.Keys.FirstOrDefault() is { } name)
        {
            throw ServerException.Invalid(name, $"{name} stands in the query, and the body is JSON. Put it into the body.");
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        (string? id, string? group, string? text, bool replaces) = request.HasJsonContentType()
            ? ReadJson(body.ToArray())
            : (request.Query["id"].FirstOrDefault(), request.Query["group"].FirstOrDefault(),
                await ReadFileAsync(request.Query["id"].FirstOrDefault(), request.ContentType, body, cancellationToken).ConfigureAwait(false),
                QueryFields.Flag(request, "replace"));
        return Create(caller, id, group, text, replaces);
    }

    /// <summary>Makes a document of a caller.</summary>
    /// <param name="caller">Whose document it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="group">Its group; the caller's own, or the default, with <see langword="null"/>.</param>
    /// <param name="text">Its text.</param>
    /// <param name="replaces">Whether it may replace a document of another group or file.</param>
    /// <exception cref="ServerException">A field is missing, or the text is none.</exception>
    public static SourceDocument Create(Caller caller, string? id, string? group, string? text, bool replaces = false)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Length > 512 || id.Any(char.IsControl))
        {
            throw ServerException.Invalid("id", "id must name the document, in at most 512 characters.");
        }

        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            throw ServerException.Invalid("text", "The document must be text that is not empty.");
        }

        string kept = DocumentShelf.PickGroup(caller, group) ?? SourceDocument.DefaultGroup;
        if (kept == AutoGroup)
        {
            throw ServerException.Invalid(
                "group", $"{AutoGroup} is no group: the server does not find groups. Name one, or add the document with 'lloco compress --group {AutoGroup}'.");
        }

        return new SourceDocument(caller.OwnId(id, kept), text, kept) { Replaces = replaces };
    }

    /// <summary>Reads a file by the ending of its name; what is sent as text is taken as it is.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="contentType">What it is sent as.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ServerException">It cannot be read.</exception>
    public static async Task<string> ReadFileAsync(
        string? id, string? contentType, MemoryStream body, CancellationToken cancellationToken)
    {
        bool isText = contentType is { } type && (type.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("text/markdown", StringComparison.OrdinalIgnoreCase));
        if (isText || id is null || !DocumentReaders.Default.CanRead(id) || body.Length == 0)
        {
            return ReadText(body);
        }

        body.Position = 0;
        try
        {
            return await DocumentReaders.Default.ReadAsync(body, id, cancellationToken).ConfigureAwait(false);
        }
        catch (LlocoException fault)
        {
            throw ServerException.Invalid("file", fault.Message);
        }
    }

    private static string ReadText(MemoryStream body)
    {
        ReadOnlySpan<byte> bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        try
        {
            // Names other formats. What it decodes beyond UTF-8 is not taken over the network.
            TextFile.Decode(bytes, "The document");
            return Strict.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
        }
        catch (Exception fault) when (fault is LlocoException or DecoderFallbackException)
        {
            string named = fault is LlocoException ? fault.Message : "The document is not UTF-8 text.";
            throw ServerException.Invalid("text", $"{named} Send text, or a file with an id of one of these endings, and no content type of text: "
                + $"{string.Join(", ", DocumentReaders.Default.Extensions)}.");
        }
    }

    private static (string? Id, string? Group, string? Text, bool Replaces) ReadJson(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var fields = new RequestFields(json.RootElement);
        (string?, string?, string?, bool) read = (fields.Text("id"), fields.Text("group"), fields.Text("text"), fields.Flag("replace"));
        fields.EnsureEmpty();
        return read;
    }
}
