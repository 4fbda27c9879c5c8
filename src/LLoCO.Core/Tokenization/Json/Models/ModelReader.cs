using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>Reads the part <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal static class ModelReader
{
    /// <summary>Ids are indices, and a file must not claim two billion rows.</summary>
    public const int LargestId = 16_000_000;

    private const int Bytes = 256;

    /// <summary>Reads a model.</summary>
    /// <param name="fields">Its object.</param>
    /// <exception cref="CheckpointFormatException">It is broken or not known.</exception>
    public static WordModel Read(JsonFields fields)
    {
        // Files of before 2020 do not name the type.
        string type = fields.Text("type") ?? (fields.Find("merges") is not null ? "BPE"
            : fields.Find("vocab") is { ValueKind: JsonValueKind.Array } ? "Unigram"
            : fields.Find("max_input_chars_per_word") is not null ? "WordPiece" : "WordLevel");
        switch (type)
        {
            case "BPE":
                ComponentReader.AllowOnly(
                    fields, "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                    "byte_fallback", "ignore_merges", "vocab", "merges", "cache_capacity");
                return ReadBpe(fields);
            case "Unigram":
                ComponentReader.AllowOnly(fields, "unk_id", "vocab", "byte_fallback");
                return ReadUnigram(fields);
            case "WordPiece":
                ComponentReader.AllowOnly(
                    fields, "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
                Dictionary<string, int> words = Vocabulary(fields);
                return new WordPieceModel(
                    words, Unknown(fields, words, "[UNK]"), fields.Text("continuing_subword_prefix") ?? "##",
                    fields.Int("max_input_chars_per_word", 0, int.MaxValue, missing: 100));
            case "WordLevel":
                ComponentReader.AllowOnly(fields, "unk_token", "vocab");
                Dictionary<string, int> level = Vocabulary(fields);
                return new WordLevelModel(level, level.GetValueOrDefault(fields.Text("unk_token") ?? "<unk>", -1));
            default:
                throw ComponentReader.Unknown(fields, "model");
        }
    }

    private static BpeModel ReadBpe(JsonFields fields)
    {
        if (fields.Number("dropout", 0, 1, missing: 0) > 0)
        {
            throw fields.Fault("dropout", "asks for ids by chance; set it to null");
        }

        Dictionary<string, int> vocabulary = Vocabulary(fields);
        bool byteFallback = fields.Flag("byte_fallback", missing: false);
        var settings = new BpeSettings(
            vocabulary,
            fields.Text("unk_token") is null ? -1 : Unknown(fields, vocabulary, string.Empty),
            fields.Flag("fuse_unk", missing: false),
            byteFallback ? BytePieces(vocabulary) : null,
            fields.Flag("ignore_merges", missing: false),
            fields.Text("continuing_subword_prefix") ?? string.Empty,
            fields.Text("end_of_word_suffix") ?? string.Empty);
        var joins = new BpeJoins(settings);
        return new BpeModel(settings, BpeMergeReader.Read(fields, settings, joins), joins);
    }

    private static UnigramModel ReadUnigram(JsonFields fields)
    {
        if (fields.Find("vocab") is not { ValueKind: JsonValueKind.Array } array)
        {
            throw fields.Fault("vocab", "is not a list");
        }

        var vocabulary = new Dictionary<string, int>(array.GetArrayLength(), StringComparer.Ordinal);
        double[] scores = new double[array.GetArrayLength()];
        int id = 0;
        foreach (JsonElement entry in array.EnumerateArray())
        {
            bool valid = entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
                && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.Number
                && entry[1].TryGetDouble(out scores[id]) && double.IsFinite(scores[id]);
            vocabulary[valid ? entry[0].GetString()! : throw fields.Fault(
                "vocab", $"{JsonFields.Show(entry)} is not a piece and its score")] = id++;
        }

        // Without an unknown piece a text with an unknown character has no encoding.
        int unknown = fields.Find("unk_id") is null
            ? throw fields.Fault("unk_id", "is missing: a text with a character outside the vocabulary would have no ids")
            : fields.Int("unk_id", 0, Math.Max(0, scores.Length - 1));
        bool byteFallback = fields.Flag("byte_fallback", missing: false);
        return scores.Length == 0 ? throw fields.Fault("vocab", "is empty")
            : new UnigramModel(vocabulary, scores, unknown, byteFallback ? BytePieces(vocabulary) : null);
    }

    private static int Unknown(JsonFields fields, Dictionary<string, int> vocabulary, string missing)
    {
        string piece = fields.Text("unk_token") ?? missing;
        return vocabulary.TryGetValue(piece, out int id) ? id
            : throw fields.Fault("unk_token", $"'{piece}' is not in the vocabulary");
    }

    private static int[] BytePieces(Dictionary<string, int> vocabulary)
    {
        int[] ids = new int[Bytes];
        for (int value = 0; value < Bytes; value++)
        {
            ids[value] = vocabulary.GetValueOrDefault($"<0x{value:X2}>", -1);
        }

        return ids;
    }

    private static Dictionary<string, int> Vocabulary(JsonFields fields)
    {
        if (fields.Find("vocab") is not { ValueKind: JsonValueKind.Object } pieces)
        {
            throw fields.Fault("vocab", "is not an object of pieces and ids");
        }

        var vocabulary = new Dictionary<string, int>(pieces.GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty piece in pieces.EnumerateObject())
        {
            vocabulary[piece.Name] = piece.Value.ValueKind == JsonValueKind.Number
                && piece.Value.TryGetInt32(out int id) && id is >= 0 and <= LargestId
                    ? id
                    : throw fields.Fault("vocab", $"{JsonFields.Show(piece.Value)} is no id for the piece '{piece.Name}'");
        }

        return vocabulary;
    }
}
