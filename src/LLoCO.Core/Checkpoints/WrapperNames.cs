namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Removes from a tensor's name the parts of Python's wrappers: <c>module.</c> of data-parallel training and <c>_orig_mod.</c>,
/// <c>_fsdp_wrapped_module.</c> and <c>_checkpoint_wrapped_module.</c> of compiled, sharded and checkpointed modules.
/// </summary>
internal static class WrapperNames
{
    private static readonly string[] Anywhere =
        ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"];

    /// <summary>Gives the name that the module itself has.</summary>
    /// <param name="name">The name in the file.</param>
    internal static string Strip(string name)
    {
        if (!name.StartsWith("module.", StringComparison.Ordinal) && !name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        string[] parts = name.Split('.');
        IEnumerable<string> own = parts.Where(part => !Anywhere.Contains(part));
        return string.Join('.', own.SkipWhile((part, place) => part == "module" && place < parts.Length - 1));
    }
}
