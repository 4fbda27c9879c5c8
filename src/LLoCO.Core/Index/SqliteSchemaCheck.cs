using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// Compares the schema of an index file with the library's schema, object by object. A foreign file may have a view in place of a
/// table, triggers, generated columns or further indexes: SQL that would run whenever the index is used.
/// </summary>
internal static partial class SqliteSchemaCheck
{
    // Longer than any statement of this library, so that the declarations of a file are read with a bound.
    private const int MaxLength = 4096;
    private const int MaxObjects = 100;

    private static readonly ConcurrentDictionary<long, HashSet<SchemaObject>> Expected = new();

    private readonly record struct SchemaObject(string Type, string Name, string Table, string Statement);

    /// <summary>Refuses a file whose schema is not that of its version.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="version">The version that the file claims; at least 1.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="LlocoException">An object is missing, differs, or is unknown; the message names it.</exception>
    public static void Ensure(SqliteConnection connection, long version, string path)
    {
        HashSet<SchemaObject> missing = [.. Expected.GetOrAdd(version, Make)];
        foreach (SchemaObject found in Read(connection))
        {
            if (!missing.Remove(found))
            {
                throw Refusal(path, $"the {found.Type} '{found.Name}' in it is not what an index of version {version} has");
            }
        }

        if (missing.Count > 0)
        {
            SchemaObject first = missing.MinBy(one => one.Name, StringComparer.Ordinal);
            throw Refusal(path, $"the {first.Type} '{first.Name}' is missing");
        }
    }

    private static HashSet<SchemaObject> Make(long version)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute(SqliteSchema.StatementsOf(version));
        return [.. Read(connection)];
    }

    private static List<SchemaObject> Read(SqliteConnection connection) => connection.Rows(
        $"""
        SELECT substr(type, 1, {MaxLength}), substr(name, 1, {MaxLength}), substr(tbl_name, 1, {MaxLength}),
            substr(coalesce(sql, ''), 1, {MaxLength}) FROM sqlite_schema LIMIT {MaxObjects}
        """,
        row => new SchemaObject(
            row.GetString(0), row.GetString(1), row.GetString(2), WhiteSpace().Replace(row.GetString(3), " ").Trim()));

    private static LlocoException Refusal(string path, string fault) => new(
        $"The index {path} cannot be used: {fault}. Nothing was changed. Another program changed it, or it is no index of this "
        + "library; ingest the documents into a new file.");

    // The checkout that wrote the file may have used other line ends.
    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
