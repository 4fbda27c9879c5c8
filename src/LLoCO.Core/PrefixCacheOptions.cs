using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Validation;

namespace LLoCO.Core;

/// <summary>How much of the work on summary prefixes is kept: their keys and values, per documents and adapter, so that a second
/// question pays for its own tokens only.</summary>
/// <remarks>One summary vector takes <c>2 * layers * key/value heads * head width</c> numbers: 72 KiB for a 1.1B shape without
/// grouped heads in bf16, 512 KiB for a Llama-2-7B.</remarks>
public sealed record PrefixCacheOptions
{
    /// <summary>Gets the most bytes in memory; what was not used for longest goes first.</summary>
    /// <value>Default 1 GiB; 0 keeps nothing in memory. Answers under way hold their prefix beyond that.</value>
    [Range(0L, long.MaxValue)]
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Gets a folder that keeps prefixes beyond the life of the process, one file each, made where there is none. It
    /// should hold nothing else.</summary>
    /// <value>Default <see langword="null"/>: memory only.</value>
    [FilePath]
    public string? Folder { get; init; }

    /// <summary>Gets the most bytes in <see cref="Folder"/>; what was not used for longest is deleted.</summary>
    /// <value>Default 16 GiB. A prefix that is larger is not written.</value>
    [Range(0L, long.MaxValue)]
    public long MaxFolderBytes { get; init; } = 16L << 30;
}
