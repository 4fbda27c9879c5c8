using System.Security.Cryptography;
using System.Text;

namespace LLoCO.Server;

/// <summary>A key that callers send. Only its hash is kept.</summary>
public sealed record LlocoApiKey
{
    /// <summary>Gets the name of whoever has the key, for limits.</summary>
    public required string Name { get; init; }

    /// <summary>Gets SHA-256 of the key's UTF-8 bytes, as hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Gets the groups whose documents the key may ask, list, add and delete.</summary>
    /// <value>Default <see langword="null"/>: all. An empty list is refused when the server starts: a key that lost its last group must not gain all.</value>
    /// <remarks>The configuration binder of .NET makes nothing of an empty list in JSON; whoever binds keys with it must look for one first, as
    /// <c>lloco serve --keys</c> does.</remarks>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Gets the tenant whose documents the key may use, where the application has tenants
    /// (<see cref="Microsoft.Extensions.DependencyInjection.LlocoTenantsServiceCollectionExtensions.AddLlocoTenants"/>).</summary>
    /// <value>Default <see langword="null"/>: no tenant. Where there are tenants, such a key reaches no documents, but the figures of all and
    /// the reports: it is the operator's.</value>
    public string? Tenant { get; init; }

    /// <summary>Makes a new key of 256 random bits. A key that a person made up would be guessed from its hash.</summary>
    /// <param name="name">Who has it.</param>
    /// <param name="groups">The groups that it may use; all with none.</param>
    /// <returns>What the configuration keeps, and the key itself, which is shown once.</returns>
    public static (LlocoApiKey Kept, string Key) Create(string name, params IReadOnlyList<string> groups)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(groups);
        string key = "lloco-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return (new LlocoApiKey { Name = name, Hash = Convert.ToHexStringLower(hash), Groups = groups.Count == 0 ? null : groups }, key);
    }
}
