using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Validation;

namespace LLoCO.Core;

/// <summary>
/// Limits of the prefix cache. It keeps the KV cache entries of summary prefixes per set of documents and adapter, so a second
/// question only needs the prefill of its own tokens.
/// </summary>
/// <remarks>One summary vector takes <c>2 * layers * key/value heads * head width</c> numbers: 72 KiB for a 1.1B shape without
/// grouped heads in bf16, 512 KiB for a Llama-2-7B.</remarks>
public sealed record PrefixCacheOptions
{
    /// <summary>Gets the maximum number of bytes in memory. The least recently used prefix is dropped first.</summary>
    /// <value>Default 1 GiB; 0 keeps nothing in memory. Answers in progress keep their prefix in addition to that.</value>
    [Range(0L, long.MaxValue)]
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Gets a folder in which prefixes outlive the process, one file each. It is created if it does not exist, and should contain
    /// nothing else.
    /// </summary>
    /// <value>Default <see langword="null"/>: memory only.</value>
    [FilePath]
    public string? Folder { get; init; }

    /// <summary>Gets the maximum number of bytes in <see cref="Folder"/>. The least recently used files are deleted.</summary>
    /// <value>Default 16 GiB. A prefix that is larger is not written.</value>
    [Range(0L, long.MaxValue)]
    public long MaxFolderBytes { get; init; } = 16L << 30;
}
