namespace LLoCO.Core.Compression;

/// <summary>A compressor that makes a document's memory as large as it is told: the same tokens can have several.</summary>
internal interface ISizedCompressor
{
    /// <summary>Gets what the memory of a segment depends on besides its tokens; part of the segment's hash.</summary>
    string Size { get; }
}
