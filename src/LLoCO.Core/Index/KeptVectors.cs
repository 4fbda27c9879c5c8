using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>The dense vectors of an index file in one state of it.</summary>
/// <param name="Version">The state.</param>
/// <param name="Vectors">The vectors; <see langword="null"/> if they were too many.</param>
/// <param name="Passages">Row, document and start of each.</param>
/// <param name="Groups">Number of each passage's group.</param>
/// <param name="Numbers">The number of each group.</param>
internal sealed record KeptVectors(
    long Version,
    ByteVectors? Vectors,
    List<(long Row, long Owner, int Start)> Passages,
    List<int> Groups,
    Dictionary<string, int> Numbers)
{
    /// <summary>Reads the vectors of a file.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="version">The state that it sees.</param>
    /// <param name="maxBytes">Most numbers to keep.</param>
    /// <returns>The vectors.</returns>
    public static KeptVectors Read(SqliteConnection connection, long version, long maxBytes)
    {
        ByteVectors? vectors = null;
        var passages = new List<(long Row, long Owner, int Start)>();
        var groups = new List<int>();
        (Dictionary<long, int> groupOf, Dictionary<string, int> numbers) = ReadGroups(connection);
        using SqliteCommand command = connection.Command(SqliteVectorSearch.OfAll);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            ReadOnlySpan<float> vector = SqliteVectorSearch.VectorOf(row, 3);
            vectors ??= new ByteVectors(vector.Length);
            if (vector.Length != vectors.Width)
            {
                throw SqliteVectorSearch.Damaged(connection, row.GetInt64(1), vector.Length);
            }

            if ((vectors.Count + 1L) * vectors.Width > maxBytes)
            {
                return new KeptVectors(version, null, [], [], []);
            }

            vectors.Add(vector);
            passages.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt32(2)));
            groups.Add(groupOf[row.GetInt64(1)]);
        }

        return new KeptVectors(version, vectors, passages, groups, numbers);
    }

    /// <summary>Numbers the groups: fewer steps than to look for the document of each passage.</summary>
    private static (Dictionary<long, int> Of, Dictionary<string, int> Numbers) ReadGroups(SqliteConnection connection)
    {
        var groupOf = new Dictionary<long, int>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        using SqliteCommand command = connection.Command("SELECT key, \"group\" FROM documents");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, row.GetString(1), out bool known);
            number = known ? number : numbers.Count - 1;
            groupOf.Add(row.GetInt64(0), number);
        }

        return (groupOf, numbers);
    }

    /// <summary>Finds the passages that may be among the nearest.</summary>
    /// <param name="question">The question's vector, of length 1.</param>
    /// <param name="group">Only of this group, or of all with <see langword="null"/>.</param>
    /// <param name="limit">Most passages wanted.</param>
    /// <returns>Passages with upper bounds of their similarity, in no order; all of the nearest are among them.</returns>
    public List<NearPassage> Candidates(float[] question, string? group, int limit)
    {
        var nearest = new NearestVectors(limit);
        int wanted = group is null ? -1 : Numbers.GetValueOrDefault(group, int.MaxValue);
        Vectors!.Compare(question, (number, least, most) =>
        {
            if ((wanted < 0 || Groups[number] == wanted) && nearest.MayTake(most))
            {
                (long key, long owner, int start) = Passages[number];
                nearest.Take(new NearPassage(key, owner, start, most), least);
            }
        });
        nearest.Drop();
        return nearest.Kept;
    }
}
