using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json.PreTokenizers;

namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary>Reads the part <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
internal static class DecoderReader
{
    /// <summary>Reads a decoder.</summary>
    /// <param name="fields">Its object.</param>
    /// <exception cref="CheckpointFormatException">It is broken or not known.</exception>
    public static TokenDecoder Read(JsonFields fields)
    {
        switch (ComponentReader.TypeOf(fields))
        {
            case "Sequence":
                ComponentReader.AllowOnly(fields, "decoders");
                return new SequenceDecoder([.. ComponentReader.Parts(fields, "decoders").Select(Read)]);
            case "ByteLevel":
                ComponentReader.AllowOnly(fields, "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "ByteFallback":
                ComponentReader.AllowOnly(fields);
                return new ByteFallbackDecoder();
            case "Fuse":
                ComponentReader.AllowOnly(fields);
                return new FuseDecoder();
            default:
                return ReadText(fields);
        }
    }

    private static TokenDecoder ReadText(JsonFields fields)
    {
        switch (ComponentReader.TypeOf(fields))
        {
            case "Replace":
                ComponentReader.AllowOnly(fields, "pattern", "content");
                TextFinder finder = ComponentReader.Finder(fields, "pattern");
                string content = ComponentReader.Needed(fields, "content");
                return new EachDecoder((_, text) => TextRules.Replace(text, finder, content));
            case "Strip":
                ComponentReader.AllowOnly(fields, "content", "start", "stop");
                var sign = new Rune(ComponentReader.Character(fields, "content"));
                int start = fields.Int("start", 0, int.MaxValue, missing: 0);
                int stop = fields.Int("stop", 0, int.MaxValue, missing: 0);
                return new EachDecoder((_, text) => TextRules.Strip(text, sign, start, stop));
            case "Metaspace":
                ComponentReader.AllowOnly(fields, "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
                string space = new Rune(ComponentReader.Character(fields, "replacement", "\u2581")).ToString();
                bool prepended = PreTokenizerReader.Scheme(fields) != PrependScheme.Never;
                return new EachDecoder((place, text) => TextRules.Metaspace(place, text, space, prepended));
            case "WordPiece":
                ComponentReader.AllowOnly(fields, "prefix", "cleanup");
                string prefix = fields.Text("prefix") ?? "##";
                bool cleanUp = fields.Flag("cleanup", missing: true);
                return new EachDecoder((place, text) => TextRules.WordPiece(place, text, prefix, cleanUp));
            case "BPEDecoder":
                ComponentReader.AllowOnly(fields, "suffix");
                string suffix = fields.Text("suffix") ?? "</w>";
                return new SuffixDecoder(suffix.Length > 0 ? suffix : throw fields.Fault("suffix", "is empty"));
            default:
                throw ComponentReader.Unknown(fields, "decoder");
        }
    }
}
