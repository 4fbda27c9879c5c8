using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// The tables of an index file.
/// <code>
/// properties      fingerprint
/// documents  1-n  segments      vectors of one segment, with their hash
///            1-1  fidelity      1-n segment_fidelity (version 2)
///            1-1  origins       of documents that were read from a file (version 3)
///            1-1  familiarity   1-n familiarity_kinds (version 4)
///            1-n  passages  1-1 passage_terms (FTS5 of SearchTerms, without a copy of the text; version 3)
/// checkpoints 1-n checkpoint_segments
/// </code>
/// A document's text is stored once; a passage is a range of its bytes. Vectors are stored per segment, so a checkpoint of a long
/// document grows by one row instead of being rewritten.
/// </summary>
/// <remarks>The statements of a version must never change: an index is compared with their result
/// (<see cref="SqliteSchemaCheck"/>). Up to version 2, FTS5 cut passages to words itself.</remarks>
internal static class SqliteSchema
{
    /// <summary>The schema version that this library writes and reads.</summary>
    public const int Version = 4;

    /// <summary>SQLite's application id of an index file, "LLoC" in ASCII: distinguishes an index from other databases.</summary>
    public const int ApplicationId = 0x4C4C6F43;

    private const string Tables = """
        CREATE TABLE properties(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        CREATE TABLE documents(
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "group" TEXT NOT NULL, content_hash TEXT NOT NULL,
            tokens INTEGER NOT NULL, summary_count INTEGER NOT NULL, segment_count INTEGER NOT NULL,
            width INTEGER NOT NULL, encoding INTEGER NOT NULL, utf16 INTEGER NOT NULL, text BLOB NOT NULL) STRICT;
        CREATE INDEX documents_by_group ON documents("group", id);

        CREATE TABLE segments(
            owner INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
            tokens INTEGER NOT NULL, vectors INTEGER NOT NULL, token_hash TEXT NOT NULL,
            payload_hash BLOB NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(owner, ordinal)) STRICT;

        CREATE TABLE passages(
            key INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
            start INTEGER NOT NULL, length INTEGER NOT NULL, byte_start INTEGER NOT NULL, byte_length INTEGER NOT NULL,
            vector BLOB) STRICT;
        CREATE INDEX passages_by_owner ON passages(owner, start);
        CREATE INDEX passages_with_vector ON passages(key) WHERE vector IS NOT NULL;

        CREATE TABLE checkpoints(
            key INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE, content_hash TEXT NOT NULL,
            width INTEGER NOT NULL, encoding INTEGER NOT NULL) STRICT;
        CREATE TABLE checkpoint_segments(
            owner INTEGER NOT NULL REFERENCES checkpoints(key) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
            tokens INTEGER NOT NULL, vectors INTEGER NOT NULL, token_hash TEXT NOT NULL,
            payload_hash BLOB NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(owner, ordinal)) STRICT;
        """;

    /// <summary>The words of passages up to version 2.</summary>
    private const string OldTerms = """
        CREATE VIRTUAL TABLE passage_terms USING fts5(
            text, content='', tokenize='unicode61 remove_diacritics 2');
        """;

    /// <summary>What version 2 added.</summary>
    private const string FidelityTables = """
        CREATE TABLE fidelity(
            owner INTEGER PRIMARY KEY REFERENCES documents(key) ON DELETE CASCADE, score REAL NOT NULL,
            agreement REAL NOT NULL, probes INTEGER NOT NULL, given INTEGER NOT NULL, marked INTEGER NOT NULL) STRICT;
        CREATE TABLE segment_fidelity(
            owner INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
            score REAL NOT NULL, agreement REAL NOT NULL, probes INTEGER NOT NULL, raw REAL NOT NULL,
            summary REAL NOT NULL, baseline REAL NOT NULL, PRIMARY KEY(owner, ordinal)) STRICT;
        """;

    /// <summary>The additions of version 3, with terms in place of words.</summary>
    private const string OriginsAndTerms = $"""
        CREATE TABLE origins(
            owner INTEGER PRIMARY KEY REFERENCES documents(key) ON DELETE CASCADE, origin TEXT NOT NULL) STRICT;
        CREATE VIRTUAL TABLE passage_terms USING fts5(text, content='', tokenize='{SearchTerms.Fts5Tokenizer}');
        """;

    /// <summary>What version 4 added.</summary>
    private const string FamiliarityTables = """

        CREATE TABLE familiarity(
            owner INTEGER PRIMARY KEY REFERENCES documents(key) ON DELETE CASCADE, pieces_per_word REAL NOT NULL,
            loss REAL) STRICT;
        CREATE TABLE familiarity_kinds(
            owner INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE, kind TEXT NOT NULL,
            unknown REAL NOT NULL, PRIMARY KEY(owner, kind)) STRICT;
        """;

    /// <summary>Gets the statements that create an empty index of a version.</summary>
    /// <param name="version">1 to <see cref="Version"/>.</param>
    /// <returns>SQL.</returns>
    public static string StatementsOf(long version) => version switch
    {
        1 => Tables + OldTerms,
        2 => Tables + OldTerms + FidelityTables,
        3 => Tables + FidelityTables + OriginsAndTerms,
        _ => Tables + FidelityTables + OriginsAndTerms + FamiliarityTables,
    };

    /// <summary>Creates the tables in an empty file, upgrades those of an older version, or checks that the file is an index of
    /// this version.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="LlocoException">The file is another program's database, of a newer version, or has tables that this
    /// library does not create.</exception>
    public static void Ensure(SqliteConnection connection, string path)
    {
        if (Check(connection, path) == Version)
        {
            return;
        }

        // WAL is a property of the file and cannot be set inside a transaction. Readers then never wait for the writer.
        connection.Execute("PRAGMA journal_mode = WAL");
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);

        // Another process may have created the tables while this one waited for the lock.
        long found = Check(connection, path);
        if (found < Version)
        {
            Upgrade(connection, found);
            connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
            transaction.Commit();
        }
    }

    /// <summary>Checks that a file that cannot be written is an index of this version.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="LlocoException">It is not.</exception>
    public static void EnsureReadable(SqliteConnection connection, string path)
    {
        long found = Check(connection, path);
        if (found != Version)
        {
            throw new LlocoException(found == 0
                ? $"The index {path} is empty, and opened for reading only. Ingest documents into it first."
                : $"The index {path} has schema version {found} and is opened for reading only; version {Version} is needed. "
                    + "Open it once where it can be written: that brings it up to date.");
        }
    }

    private static void Upgrade(SqliteConnection connection, long found)
    {
        if (found == 0)
        {
            connection.Execute(StatementsOf(Version));
            return;
        }

        if (found < 3)
        {
            connection.Execute((found == 1 ? FidelityTables : string.Empty) + "DROP TABLE passage_terms;" + OriginsAndTerms);
            SqlitePassages.AddTerms(connection);
        }

        connection.Execute(FamiliarityTables);
    }

    private static long Check(SqliteConnection connection, string path)
    {
        long version = VersionOf(connection, path);
        if (version > 0)
        {
            SqliteSchemaCheck.Ensure(connection, version, path);
        }

        return version;
    }

    /// <summary>The version of an index that this library reads or brings up to date; 0 for an empty file.</summary>
    private static long VersionOf(SqliteConnection connection, string path)
    {
        long application = connection.Scalar<long>("PRAGMA application_id");
        long version = connection.Scalar<long>("PRAGMA user_version");
        bool empty = connection.Scalar<long>("SELECT count(*) FROM sqlite_schema") == 0;
        if (empty && application == 0 && version == 0)
        {
            return 0;
        }

        if (application != ApplicationId)
        {
            throw new LlocoException(
                $"{path} is a SQLite database, but not a LLoCO index. Nothing was changed. Give the index a file of its own.");
        }

        return version is >= 1 and <= Version
            ? version
            : throw new LlocoException(
                $"The index {path} has schema version {version}; this library reads versions 1 to {Version}. "
                + "Nothing was changed. "
                + (version > Version
                    ? "Use the newer library that wrote it, or ingest the documents into a new file."
                    : "Ingest the documents into a new file."));
    }
}
