using System.Buffers.Text;
using System.Text;

namespace LLoCO.Server.Files;

/// <summary>The id of a document as a file of OpenAI's interface, where an id is one part of a path: <c>file-</c> and the document's id
/// in base64url. It says nothing that the document's id does not.</summary>
internal static class FileId
{
    private const string Prefix = "file-";

    /// <summary>Makes the id of a document's file.</summary>
    /// <param name="documentId">The document's id.</param>
    public static string Create(string documentId) => Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(documentId));

    /// <summary>Reads the document's id.</summary>
    /// <param name="fileId">The id of the file.</param>
    /// <returns>The id; empty where it is none.</returns>
    public static string Read(string fileId) =>
        fileId.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(fileId.AsSpan(Prefix.Length))
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(fileId.AsSpan(Prefix.Length)))
            : string.Empty;
}
