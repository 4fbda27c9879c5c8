using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>
/// Reads the list <c>merges</c>: <c>"left right"</c>, or in newer files <c>["left", "right"]</c>; the first join first.
/// </summary>
internal static class BpeMergeReader
{
    /// <summary>Reads the pairs.</summary>
    /// <param name="fields">The model's object.</param>
    /// <param name="settings">The vocabulary.</param>
    /// <param name="joins">Is told of each pair.</param>
    /// <exception cref="CheckpointFormatException">An entry is broken, or a piece of it is not in the vocabulary.</exception>
    public static MergeTable Read(JsonFields fields, BpeSettings settings, BpeJoins joins)
    {
        if (fields.Find("merges") is not { ValueKind: JsonValueKind.Array } array)
        {
            throw fields.Fault("merges", "is not a list");
        }

        var table = new MergeTable(array.GetArrayLength());
        var opaque = new HashSet<int>((settings.Bytes ?? []).Append(settings.UnknownId));
        int rank = 0;
        foreach (JsonElement entry in array.EnumerateArray())
        {
            (string left, string right) = Pair(fields, entry);
            int leftId = IdOf(fields, settings, left);
            int rightId = IdOf(fields, settings, right);
            joins.Add(left, right, !opaque.Contains(leftId));
            if (!right.StartsWith(settings.Prefix, StringComparison.Ordinal))
            {
                throw fields.Fault("merges", $"'{right}' does not begin with continuing_subword_prefix");
            }

            table.Add(leftId, rightId, rank++, IdOf(fields, settings, string.Concat(left, right.AsSpan(settings.Prefix.Length))));
        }

        return table;
    }

    private static (string Left, string Right) Pair(JsonFields fields, JsonElement entry)
    {
        if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
            && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.String)
        {
            return (entry[0].GetString()!, entry[1].GetString()!);
        }

        string text = entry.ValueKind == JsonValueKind.String ? entry.GetString()! : string.Empty;
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space >= 0 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw fields.Fault("merges", $"{JsonFields.Show(entry)} is not a pair of pieces");
    }

    private static int IdOf(JsonFields fields, BpeSettings settings, string piece) =>
        settings.Vocabulary.TryGetValue(piece, out int id) ? id
            : throw fields.Fault("merges", $"'{piece}' is not in the vocabulary");
}
