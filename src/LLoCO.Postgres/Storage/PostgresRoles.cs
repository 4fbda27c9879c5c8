using LLoCO.Postgres.Schema;

namespace LLoCO.Postgres.Storage;

/// <summary>Roles that may use an index for one tenant.</summary>
internal static class PostgresRoles
{
    /// <summary>Grants a role what an index needs, and binds it to a tenant.</summary>
    /// <param name="session">A session of the owner, in a transaction.</param>
    /// <param name="role">The role.</param>
    /// <param name="tenant">The tenant.</param>
    public static async Task ConfineAsync(PostgresSession session, string role, string tenant)
    {
        string name = PostgresPlace.Quote(role);
        string tables = string.Join(", ", PostgresSchema.TenantTables);
        await session.ExecuteAsync(
            $"""
            GRANT USAGE ON SCHEMA {session.Place.QuotedSchema} TO {name};
            GRANT SELECT ON schema_version TO {name};
            GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {name}
            """).ConfigureAwait(false);
        await session.ExecuteAsync(
            "INSERT INTO tenant_roles(role, tenant) VALUES($1, $2) ON CONFLICT(role) DO UPDATE SET tenant = excluded.tenant",
            new Npgsql.NpgsqlParameter { Value = role, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Name },
            tenant).ConfigureAwait(false);
    }
}
