using System.Text;

namespace LLoCO.Readers.Tables;

/// <summary>Cuts a table of text into rows and cells (RFC 4180).</summary>
internal static class CsvRows
{
    private const int LongestMark = 9;

    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>Finds the sign that separates cells: that which the first line says, in the way of Excel (<c>sep=;</c>), else the most
    /// frequent one of the first row, outside of quotes.</summary>
    /// <param name="table">The table; such a line is taken from it.</param>
    public static char FindSeparator(ref string table)
    {
        int end = table.AsSpan(0, Math.Min(table.Length, LongestMark)).IndexOf('\n');
        if (table.AsSpan(0, Math.Max(0, end)).Trim("\r\"") is [.. var mark, var said] && mark.Equals("sep=", StringComparison.OrdinalIgnoreCase))
        {
            table = table[(end + 1)..];
            return said;
        }

        int[] counts = new int[Separators.Length];
        bool quoted = false;
        foreach (char sign in table)
        {
            if (sign == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && sign == '\n')
            {
                break;
            }
            else if (!quoted && Array.IndexOf(Separators, sign) is >= 0 and var place)
            {
                counts[place]++;
            }
        }

        return Separators[Array.IndexOf(counts, counts.Max())];
    }

    /// <summary>Reads the rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="separator">The sign between cells.</param>
    /// <returns>The cells of each row that is not empty.</returns>
    /// <exception cref="UnreadableException">A quote is not closed.</exception>
    public static IEnumerable<IReadOnlyList<string>> Read(string table, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        int row = 1;
        for (int i = 0; i < table.Length; i++)
        {
            char sign = table[i];
            if (quoted && sign == '"' && i + 1 < table.Length && table[i + 1] == '"')
            {
                cell.Append(table[i++]);
            }
            else if (sign == '"' && (quoted || cell.Length == 0))
            {
                quoted = !quoted;
            }
            else if (!quoted && sign == separator)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (!quoted && sign is '\n' or '\r')
            {
                if (cells.Count > 0 || cell.Length > 0)
                {
                    cells.Add(cell.ToString());
                    yield return cells;
                    row++;
                }

                cells = [];
                cell.Clear();
            }
            else
            {
                cell.Append(sign);
            }
        }

        if (quoted)
        {
            throw new UnreadableException($"has a quote that is not closed, in row {row:N0} or before it");
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            cells.Add(cell.ToString());
            yield return cells;
        }
    }
}
