using LLoCO.Tenants;

namespace LLoCO.Server.Access;

/// <summary>Who asks, and which groups it may use.</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="Groups">The groups; empty for all.</param>
/// <param name="Tenant">The tenant; <see langword="null"/> for none.</param>
internal sealed record Caller(string Name, IReadOnlyList<string> Groups, TenantId? Tenant = null)
{
    /// <summary>Gets whoever sits at this machine.</summary>
    public static Caller Local { get; } = new("local", []);

    /// <summary>Gets whether documents of all groups may be used.</summary>
    public bool IsUnbound => Groups.Count == 0;

    /// <summary>Gets whether it may see what belongs to no tenant, such as reports.</summary>
    public bool IsOperator => IsUnbound && Tenant is null;

    /// <summary>Gets whose load this is: all keys of a tenant are one.</summary>
    public string Share => ShareOf(Name, Tenant?.Name);

    /// <summary>Makes the name under which a key's requests are counted.</summary>
    /// <param name="name">The name of the key.</param>
    /// <param name="tenant">Its tenant's name.</param>
    public static string ShareOf(string name, string? tenant) => tenant is null ? $"key {name}" : $"tenant {tenant}";

    /// <summary>Checks whether documents of a group may be seen.</summary>
    public bool MaySee(string group) => IsUnbound || Groups.Contains(group);

    /// <summary>Finds the group of a request.</summary>
    /// <param name="asked">The group that the request names; <see langword="null"/> for none.</param>
    /// <returns>The group; <see langword="null"/> for all.</returns>
    /// <exception cref="ServerException">The key may not use it, or could mean several.</exception>
    public string? PickGroup(string? asked) => asked switch
    {
        null when IsUnbound => null,
        null when Groups.Count == 1 => Groups[0],
        null => throw ServerException.Invalid("group", $"This key has several groups. Name one: {string.Join(", ", Groups)}."),
        _ => MaySee(asked) ? asked : throw new ServerException(403, "group_not_allowed", "This key may not use that group.", "group"),
    };

    /// <summary>Makes the id under which a document of this caller is kept. Bound keys have their group in front, so that they
    /// neither replace nor notice documents of others.</summary>
    /// <param name="id">The id of the upload.</param>
    /// <param name="group">Its group.</param>
    public string OwnId(string id, string group) =>
        IsUnbound || id.StartsWith(group + "/", StringComparison.Ordinal) ? id : $"{group}/{id}";
}
