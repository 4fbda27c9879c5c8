using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>Reads the part <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>Reads a normalizer.</summary>
    /// <param name="fields">Its object.</param>
    /// <exception cref="CheckpointFormatException">It is broken or not known.</exception>
    public static Normalizer Read(JsonFields fields)
    {
        string type = ComponentReader.TypeOf(fields);
        switch (type)
        {
            case "Sequence":
                ComponentReader.AllowOnly(fields, "normalizers");
                return new SequenceNormalizer([.. ComponentReader.Parts(fields, "normalizers").Select(Read)]);
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                ComponentReader.AllowOnly(fields);
                return new FormNormalizer(FormOf(type));
            case "Lowercase":
                ComponentReader.AllowOnly(fields);
                return new CharacterNormalizer(CharacterRules.Lower);
            case "StripAccents":
                ComponentReader.AllowOnly(fields);
                return new CharacterNormalizer(CharacterRules.DropMarks);
            case "Nmt":
                ComponentReader.AllowOnly(fields);
                return new CharacterNormalizer(CharacterRules.Nmt);
            case "ByteLevel":
                ComponentReader.AllowOnly(fields);
                return new CharacterNormalizer(CharacterRules.Bytes);
            case "Strip":
                ComponentReader.AllowOnly(fields, "strip_left", "strip_right");
                return new StripNormalizer(fields.Flag("strip_left", missing: true), fields.Flag("strip_right", missing: true));
            case "Prepend":
                ComponentReader.AllowOnly(fields, "prepend");
                return new PrependNormalizer(ComponentReader.Needed(fields, "prepend"));
            case "Replace":
                ComponentReader.AllowOnly(fields, "pattern", "content");
                return new ReplaceNormalizer(
                    ComponentReader.Finder(fields, "pattern"), ComponentReader.Needed(fields, "content"));
            case "BertNormalizer":
                return ReadBert(fields);
            case "Precompiled":
                return ReadPrecompiled(fields);
            default:
                throw ComponentReader.Unknown(fields, "normalizer");
        }
    }

    private static Normalization FormOf(string type) => type switch
    {
        "NFC" => Normalization.C,
        "NFD" => Normalization.D,
        "NFKC" => Normalization.KC,
        _ => Normalization.KD,
    };

    private static SequenceNormalizer ReadBert(JsonFields fields)
    {
        ComponentReader.AllowOnly(fields, "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        bool lower = fields.Flag("lowercase", missing: true);
        var parts = new List<Normalizer>();
        if (fields.Flag("clean_text", missing: true))
        {
            parts.Add(new CharacterNormalizer(CharacterRules.Clean));
        }

        if (fields.Flag("handle_chinese_chars", missing: true))
        {
            parts.Add(new CharacterNormalizer(CharacterRules.Part));
        }

        if (fields.Flag("strip_accents", missing: lower))
        {
            parts.Add(new FormNormalizer(Normalization.D));
            parts.Add(new CharacterNormalizer(CharacterRules.DropNonSpacing));
        }

        if (lower)
        {
            parts.Add(new CharacterNormalizer(CharacterRules.Lower));
        }

        return new SequenceNormalizer(parts);
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonFields fields)
    {
        const string Key = "precompiled_charsmap";
        ComponentReader.AllowOnly(fields, Key);
        byte[] table;
        try
        {
            table = Convert.FromBase64String(ComponentReader.Needed(fields, Key));
        }
        catch (FormatException)
        {
            throw fields.Fault(Key, "is not base64");
        }

        return PrecompiledNormalizer.Read(table) ?? throw fields.Fault(Key, "is not a table of replacements");
    }
}
