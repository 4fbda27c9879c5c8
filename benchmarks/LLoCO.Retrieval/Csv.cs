using System.Text;

namespace LLoCO.Retrieval;

/// <summary>CSV files with a header, fields in quotes with line breaks among them.</summary>
internal static class Csv
{
    /// <summary>Reads rows as maps from column to field.</summary>
    /// <param name="file">The file.</param>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string file)
    {
        List<List<string>> rows = Split(File.ReadAllText(file));
        List<string> header = rows[0];
        return rows.Skip(1).Where(row => row.Count == header.Count)
            .Select(row => header.Zip(row).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    private static List<List<string>> Split(string text)
    {
        var rows = new List<List<string>> { new() };
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[++i]);
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && (c == ',' || c == '\n'))
            {
                rows[^1].Add(field.ToString().Trim('\r'));
                field.Clear();
                if (c == '\n')
                {
                    rows.Add([]);
                }
            }
            else
            {
                field.Append(c);
            }
        }

        rows[^1].Add(field.ToString());
        return rows;
    }
}
