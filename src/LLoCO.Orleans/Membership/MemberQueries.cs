namespace LLoCO.Orleans.Membership;

/// <summary>
/// The SQL of the table of silos in PostgreSQL. Orleans' provider brings none: it reads its statements from a table <c>OrleansQuery</c>,
/// and fills in parameters with fixed names. Its columns are found by name, without regard to case; tables may have any name.
/// <code>
/// tables        of a cluster     version, which every change of the members raises
/// members       of a cluster     its silos, dead ones included until they are cleaned away
/// orleansquery                   the statements
/// silo_schema                    one row: the version of all this
/// </code>
/// </summary>
/// <remarks>A statement that changes members raises the version only from the one that the silo has seen, and changes nothing otherwise:
/// the row of <c>tables</c> is what two silos that write at once wait for, and the second one then finds another version.</remarks>
internal static class MemberQueries
{
    /// <summary>The version of tables and statements. A change of either is a new version.</summary>
    public const int Version = 1;

    /// <summary>Makes the tables, in the schema that the connection searches.</summary>
    public const string Tables = """
        CREATE TABLE silo_schema(version int NOT NULL);
        CREATE TABLE orleansquery(querykey text PRIMARY KEY, querytext text NOT NULL);
        CREATE TABLE tables(cluster text PRIMARY KEY, version int NOT NULL DEFAULT 0);
        CREATE TABLE members(
            cluster text NOT NULL REFERENCES tables, address text NOT NULL, port int NOT NULL, generation int NOT NULL, name text,
            host text NOT NULL, gateway int NOT NULL, status int NOT NULL, suspicions text, started timestamptz NOT NULL,
            alive timestamptz NOT NULL, PRIMARY KEY(cluster, address, port, generation));
        """;

    // SiloStatus.Dead.
    private const string Dead = "6";

    private const string ThisSilo =
        "m.cluster = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation";

    private const string Columns = """
        t.version AS "Version", m.address AS "Address", m.port AS "Port", m.generation AS "Generation", m.name AS "SiloName",
        m.host AS "HostName", m.gateway AS "ProxyPort", m.status AS "Status", m.suspicions AS "SuspectTimes", m.started AS "StartTime",
        m.alive AS "IAmAliveTime"
        """;

    /// <summary>Gets the statements, by the names under which the provider asks for them.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        // A cluster without silos has a version all the same: the provider expects a row.
        ["MembershipReadAllKey"] =
            $"SELECT {Columns} FROM tables t LEFT JOIN members m ON m.cluster = t.cluster WHERE t.cluster = @DeploymentId",
        ["MembershipReadRowKey"] =
            $"SELECT {Columns} FROM tables t LEFT JOIN members m ON {ThisSilo} WHERE t.cluster = @DeploymentId",
        ["GatewaysQueryKey"] = """
            SELECT address AS "Address", gateway AS "ProxyPort", generation AS "Generation" FROM members
            WHERE cluster = @DeploymentId AND status = @Status AND gateway > 0
            """,
        ["InsertMembershipVersionKey"] = """
            WITH added AS (INSERT INTO tables(cluster) VALUES(@DeploymentId) ON CONFLICT DO NOTHING RETURNING cluster)
            SELECT EXISTS(SELECT 1 FROM added)
            """,
        ["InsertMembershipKey"] = $"""
            WITH next AS (
                UPDATE tables t SET version = t.version + 1
                WHERE t.cluster = @DeploymentId AND t.version = @Version AND NOT EXISTS(SELECT 1 FROM members m WHERE {ThisSilo})
                RETURNING t.cluster),
            added AS (
                INSERT INTO members(cluster, address, port, generation, name, host, gateway, status, started, alive)
                SELECT next.cluster, @Address, @Port, @Generation, @SiloName, @HostName, @ProxyPort, @Status, @StartTime, @IAmAliveTime
                FROM next ON CONFLICT DO NOTHING RETURNING cluster)
            SELECT EXISTS(SELECT 1 FROM added)
            """,
        ["UpdateMembershipKey"] = $"""
            WITH next AS (
                UPDATE tables t SET version = t.version + 1
                WHERE t.cluster = @DeploymentId AND t.version = @Version AND EXISTS(SELECT 1 FROM members m WHERE {ThisSilo})
                RETURNING t.cluster),
            changed AS (
                UPDATE members m SET status = @Status, suspicions = @SuspectTimes, alive = greatest(m.alive, @IAmAliveTime)
                FROM next WHERE {ThisSilo} RETURNING m.cluster)
            SELECT EXISTS(SELECT 1 FROM changed)
            """,
        ["UpdateIAmAlivetimeKey"] = $"UPDATE members m SET alive = @IAmAliveTime WHERE {ThisSilo}",
        ["DeleteMembershipTableEntriesKey"] = """
            WITH gone AS (DELETE FROM members WHERE cluster = @DeploymentId)
            UPDATE tables SET version = version + 1 WHERE cluster = @DeploymentId
            """,
        ["CleanupDefunctSiloEntriesKey"] =
            $"DELETE FROM members WHERE cluster = @DeploymentId AND status = {Dead} AND alive < @IAmAliveTime",

        // Only if nobody has written the row since it was read.
        ["CleanupDefunctSiloEntryKey"] = $"""
            DELETE FROM members m WHERE {ThisSilo} AND m.status = {Dead} AND m.started = @StartTime AND m.alive = @IAmAliveTime
                AND m.suspicions IS NOT DISTINCT FROM @SuspectTimes
            """,
    };
}
