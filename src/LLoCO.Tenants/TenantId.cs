using LLoCO.Core;

namespace LLoCO.Tenants;

/// <summary>Who documents belong to. A value of its own, so that no text is taken for a tenant by mistake.</summary>
public readonly record struct TenantId
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 64;

    private const string DefaultName = "default";

    private readonly string? _name;

    /// <summary>Makes a tenant of a name.</summary>
    /// <param name="name">1 to <see cref="MaxLength"/> lower-case ASCII letters, digits and dashes, with a letter or digit at both ends:
    /// what is a folder's name everywhere, and differs from every other name everywhere.</param>
    /// <exception cref="LlocoException">It is not such a name.</exception>
    public TenantId(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isName = name.Length is >= 1 and <= MaxLength && name.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-')
            && name[0] != '-' && name[^1] != '-';
        _name = isName
            ? name
            : throw new LlocoException($"'{(name.Length > MaxLength ? name[..MaxLength] + "…" : name)}' cannot be a tenant's name. Use 1 to "
                + $"{MaxLength} lower-case letters, digits and dashes, with a letter or digit at both ends.");
    }

    /// <summary>Gets the tenant of who has no others; also the value of a field that was never set.</summary>
    public static TenantId Default => default;

    /// <summary>Gets the name.</summary>
    public string Name => _name ?? DefaultName;

    /// <summary>Compares names, so that the tenant named <c>default</c> is <see cref="Default"/>.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(TenantId other) => Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
