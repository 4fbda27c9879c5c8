namespace LLoCO.Core.Compression;

/// <summary>What every place that keeps documents by name agrees on.</summary>
internal static class DocumentName
{
    /// <summary>The length in UTF-16 characters that an id or group may have.</summary>
    public const int MaxLength = 4096;
}
