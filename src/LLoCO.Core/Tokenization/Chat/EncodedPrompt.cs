namespace LLoCO.Core.Tokenization.Chat;

/// <summary>The ids of a prompt, and of the two parts between which raw text may stand.</summary>
/// <param name="Whole">The ids without raw text.</param>
/// <param name="Head">The ids before raw text.</param>
/// <param name="Rest">The ids behind raw text.</param>
internal sealed record EncodedPrompt(IReadOnlyList<int> Whole, IReadOnlyList<int> Head, IReadOnlyList<int> Rest)
{
    /// <summary>Creates a prompt that raw text stands in front of.</summary>
    public EncodedPrompt(IReadOnlyList<int> ids)
        : this(ids, [], ids)
    {
    }

    /// <summary>Gets the positions that it needs where no raw text stands in it.</summary>
    public int Count => Whole.Count;

    /// <summary>Gets the positions that it needs besides raw text.</summary>
    public int CountAroundRaw => Head.Count + Rest.Count;

    /// <summary>Puts raw text into the prompt.</summary>
    /// <param name="raw">Its ids; may be none.</param>
    public int[] Join(IReadOnlyList<int> raw) => raw.Count == 0 ? [.. Whole] : [.. Head, .. raw, .. Rest];
}
