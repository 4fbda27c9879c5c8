namespace LLoCO.Postgres.Schema;

/// <summary>
/// The tables of an index.
/// <code>
/// schema_version                     one row
/// tenant_roles                       roles of the database that are bound to a tenant
/// properties      of a tenant        fingerprint
/// statistics      of a tenant        passages, words, dense vectors; its row is what writers wait for
/// terms           of a tenant        id of each term, and in how many passages it stands
/// documents  1-n  segments           vectors of one segment, with their hash and fidelity
///            1-n  passages           range of the text, ids and counts of terms (GIN), dense vector (HNSW when there are many)
/// checkpoints 1-n checkpoint_segments
/// </code>
/// A document's text is stored once, as bytes; a passage is a range of them.
/// </summary>
/// <remarks>The steps never change: version n is what the first n steps make. Every table has a tenant, and a policy by which a role that
/// does not own the tables sees the rows of one tenant alone: that of the role in <c>tenant_roles</c>, or else that of the setting
/// <c>lloco.tenant</c>.</remarks>
internal static class PostgresSchema
{
    // Vectors and texts that do not shrink are not compressed (EXTERNAL), so that a passage is read without the rest of its text.
    private const string Tables = """
        CREATE TABLE properties(tenant text NOT NULL, name text NOT NULL, value text NOT NULL, PRIMARY KEY(tenant, name));
        CREATE TABLE statistics(
            tenant text PRIMARY KEY, passages bigint NOT NULL DEFAULT 0, words bigint NOT NULL DEFAULT 0,
            vectors bigint NOT NULL DEFAULT 0, width int NOT NULL DEFAULT 0);
        CREATE TABLE terms(
            tenant text NOT NULL, id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, term text COLLATE "C" NOT NULL,
            passages int NOT NULL, UNIQUE(tenant, term)) WITH (fillfactor = 80);
        CREATE TABLE documents(
            tenant text NOT NULL, key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL,
            "group" text COLLATE "C" NOT NULL, content_hash text NOT NULL, tokens int NOT NULL, summary_count int NOT NULL,
            segment_count int NOT NULL, width int NOT NULL, encoding int NOT NULL, origin text, utf16 boolean NOT NULL,
            text bytea NOT NULL, fidelity float8, agreement float8, probes int, given boolean, marked boolean,
            pieces_per_word float8, loss float8, kinds text[], unknown float8[], UNIQUE(tenant, id));
        ALTER TABLE documents ALTER COLUMN text SET STORAGE EXTERNAL;
        CREATE INDEX documents_by_group ON documents(tenant, "group", id);
        CREATE TABLE segments(
            tenant text NOT NULL, owner bigint NOT NULL REFERENCES documents(key) ON DELETE CASCADE, ordinal int NOT NULL,
            tokens int NOT NULL, vectors int NOT NULL, token_hash text NOT NULL, payload_hash bytea NOT NULL, payload bytea NOT NULL,
            score float8, agreement float8, probes int, raw float8, summary float8, baseline float8, PRIMARY KEY(owner, ordinal));
        ALTER TABLE segments ALTER COLUMN payload SET STORAGE EXTERNAL;
        CREATE TABLE passages(
            tenant text NOT NULL, key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            owner bigint NOT NULL REFERENCES documents(key) ON DELETE CASCADE, "group" text COLLATE "C" NOT NULL,
            start int NOT NULL, length int NOT NULL, byte_start int NOT NULL, byte_length int NOT NULL, words int NOT NULL,
            terms int[] NOT NULL, counts smallint[] NOT NULL, vector vector);
        CREATE INDEX passages_by_owner ON passages(owner, start);
        CREATE INDEX passages_by_group ON passages(tenant, "group");
        CREATE INDEX passages_by_term ON passages USING gin(terms) WITH (fastupdate = off);
        CREATE TABLE checkpoints(
            tenant text NOT NULL, key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document_id text COLLATE "C" NOT NULL,
            content_hash text NOT NULL, width int NOT NULL, encoding int NOT NULL, UNIQUE(tenant, document_id));
        CREATE TABLE checkpoint_segments(
            tenant text NOT NULL, owner bigint NOT NULL REFERENCES checkpoints(key) ON DELETE CASCADE, ordinal int NOT NULL,
            tokens int NOT NULL, vectors int NOT NULL, token_hash text NOT NULL, payload_hash bytea NOT NULL, payload bytea NOT NULL,
            PRIMARY KEY(owner, ordinal));
        ALTER TABLE checkpoint_segments ALTER COLUMN payload SET STORAGE EXTERNAL;
        """;

    // A role that is bound to a tenant cannot choose another by the setting, whatever SQL it writes.
    private const string TenantRoles = """
        CREATE TABLE tenant_roles(role name PRIMARY KEY, tenant text NOT NULL);
        CREATE FUNCTION current_tenant() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS
            $$ SELECT coalesce((SELECT tenant FROM tenant_roles WHERE role = session_user), current_setting('lloco.tenant', true)) $$;
        """;

    /// <summary>Gets the tables that hold rows of tenants.</summary>
    public static IReadOnlyList<string> TenantTables { get; } =
        ["properties", "statistics", "terms", "documents", "segments", "passages", "checkpoints", "checkpoint_segments"];

    /// <summary>Gets the steps from an empty schema to the version that this library reads and writes.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Tables, TenantRoles + string.Concat(TenantTables.Select(Policy))];

    /// <summary>Gets the version that this library reads and writes.</summary>
    public static int Version => Steps.Count;

    private static string Policy(string table) =>
        $"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY one_tenant ON {table} USING (tenant = (SELECT current_tenant()));";
}
