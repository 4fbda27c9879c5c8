using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>How many passages hold a term, as far as a search needs to know. Every method runs inside the caller's
/// transaction.</summary>
internal static class SqliteTermCounts
{
    // Counting to here takes a quarter of a millisecond. A term beyond is common in an index of any size that one file is for.
    private const int Most = 5_000;

    /// <summary>Reads the number of passages and of their terms from FTS5's own record of them.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Passages, and mean number of terms of one; zeros for an index without any.</returns>
    public static (long Passages, double AverageLength) Totals(SqliteConnection connection)
    {
        // Row 1 of the table that every FTS5 table has for its contents: number of rows, then of tokens per column, as varints
        // (FTS5_AVERAGES_ROWID in SQLite's fts5_index.c).
        ReadOnlySpan<byte> record = connection.Scalar<byte[]>("SELECT block FROM passage_terms_data WHERE id = 1");
        long passages = Varint(ref record);
        long terms = Varint(ref record);
        return (passages, passages == 0 ? 0 : (double)terms / passages);
    }

    /// <summary>Counts the passages of each term.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="terms">The terms of a question.</param>
    /// <param name="passages">Number of passages in the index.</param>
    /// <returns>The terms that a passage holds, rarest first.</returns>
    public static List<CountedTerm> Count(SqliteConnection connection, IEnumerable<string> terms, long passages)
    {
        // A term of half of the passages has the smallest weight, whatever its number.
        long most = Math.Min(Most, (passages / 2) + 1);
        using SqliteCommand count = connection.Command(
            """
            SELECT count(*), max(rowid) FROM (
                SELECT rowid FROM passage_terms WHERE passage_terms MATCH $term ORDER BY rowid LIMIT $most)
            """,
            ("$most", most));
        var counted = new List<CountedTerm>();
        double last = 0;
        foreach (string term in terms)
        {
            count.Set(("$term", SearchTerms.ToFts5Query([term])));
            using SqliteDataReader row = count.ExecuteReader();
            row.Read();
            double with = row.GetInt64(0);
            if (with == most && most == Most)
            {
                // As frequent in the rest as up to here.
                last = last > 0 ? last : connection.Scalar<long>("SELECT max(key) FROM passages");
                with = Math.Min(passages, with * Math.Max(1, last / row.GetInt64(1)));
            }

            if (with > 0)
            {
                counted.Add(new CountedTerm(term, with, Bm25Formula.Idf(passages, with)));
            }
        }

        return Order(counted);
    }

    /// <summary>Orders a handful, the rarest first and equal ones as they come.</summary>
    private static List<CountedTerm> Order(List<CountedTerm> terms)
    {
        for (int i = 1; i < terms.Count; i++)
        {
            CountedTerm term = terms[i];
            int place = i;
            for (; place > 0 && terms[place - 1].Passages > term.Passages; place--)
            {
                terms[place] = terms[place - 1];
            }

            terms[place] = term;
        }

        return terms;
    }

    private static long Varint(ref ReadOnlySpan<byte> bytes)
    {
        // SQLite's: big-endian groups of 7 bits; a ninth byte would have 8, for numbers that no index reaches.
        long value = 0;
        for (int i = 0; i < Math.Min(8, bytes.Length); i++)
        {
            value = (value << 7) | (long)(bytes[i] & 0x7F);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        return 0;
    }
}
