namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The names that are known at a place: those of the loop or macro, and those around it.</summary>
/// <param name="around">The scope around; <see langword="null"/> for the outermost.</param>
internal sealed class JinjaScope(JinjaScope? around)
{
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);

    /// <summary>Finds a name.</summary>
    public object? Find(string name)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Around)
        {
            if (scope._names.TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return new JinjaUndefined(name);
    }

    /// <summary>Gets the scope around.</summary>
    public JinjaScope? Around { get; } = around;

    /// <summary>Sets a name here.</summary>
    public void Set(string name, object? value) => _names[name] = value;
}
