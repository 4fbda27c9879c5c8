using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Patterns;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>Reads the part <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    // The reference writes ByteLevel's and Whitespace's own patterns into its code. Rust's \w has the joiners, and has not the
    // superscript digits and fractions of Latin-1, which Oniguruma's has.
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string RustWord = @"\x{200C}\x{200D}[\w&&[^\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE}]]";
    private const string WordsOrSigns = $"[{RustWord}]+|[^{RustWord}\\s]+";

    /// <summary>Reads a pre-tokenizer.</summary>
    /// <param name="fields">Its object.</param>
    /// <param name="stages">Gets its steps. <see langword="null"/> stands for ByteLevel's turning of bytes into letters.</param>
    /// <exception cref="CheckpointFormatException">It is broken or not known.</exception>
    public static void Read(JsonFields fields, List<PieceStage?> stages)
    {
        switch (ComponentReader.TypeOf(fields))
        {
            case "Sequence":
                ComponentReader.AllowOnly(fields, "pretokenizers");
                foreach (JsonFields part in ComponentReader.Parts(fields, "pretokenizers"))
                {
                    Read(part, stages);
                }

                break;
            case "ByteLevel":
                ReadByteLevel(fields, stages);
                break;
            case "Metaspace":
                ReadMetaspace(fields, stages);
                break;
            case "Split":
                ComponentReader.AllowOnly(fields, "pattern", "behavior", "invert");
                stages.Add(new SplitStage(
                    ComponentReader.Finder(fields, "pattern"), Behavior(fields, missing: null), fields.Flag("invert", missing: false)));
                break;
            case "FixedLength":
                ComponentReader.AllowOnly(fields, "length");
                stages.Add(new FixedLengthStage(fields.Int("length", 1, int.MaxValue, missing: 5)));
                break;
            default:
                ReadByCharacter(fields, stages);
                break;
        }
    }

    private static void ReadByCharacter(JsonFields fields, List<PieceStage?> stages)
    {
        switch (ComponentReader.TypeOf(fields))
        {
            case "Digits":
                ComponentReader.AllowOnly(fields, "individual_digits");
                stages.Add(new SplitStage(ComponentReader.Create(CharacterClasses.Category("N")!), fields.Flag(
                    "individual_digits", missing: false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                break;
            case "Punctuation":
                ComponentReader.AllowOnly(fields, "behavior");
                stages.Add(new SplitStage(
                    ComponentReader.Create(CharacterClasses.Punctuation), Behavior(fields, SplitBehavior.Isolated)));
                break;
            case "BertPreTokenizer":
                ComponentReader.AllowOnly(fields);
                stages.Add(new SplitStage(ComponentReader.Create(CharacterClasses.WhiteSpace), SplitBehavior.Removed));
                stages.Add(new SplitStage(ComponentReader.Create(CharacterClasses.Punctuation), SplitBehavior.Isolated));
                break;
            case "Whitespace":
                ComponentReader.AllowOnly(fields);
                stages.Add(new SplitStage(new TextFinder(Pattern.Compile(WordsOrSigns)), SplitBehavior.Removed, invert: true));
                break;
            case "WhitespaceSplit":
                ComponentReader.AllowOnly(fields);
                stages.Add(new SplitStage(ComponentReader.Create(CharacterClasses.WhiteSpace), SplitBehavior.Removed));
                break;
            case "CharDelimiterSplit":
                ComponentReader.AllowOnly(fields, "delimiter");
                stages.Add(new SplitStage(ComponentReader.Create(
                    CodePointSet.Create(ComponentReader.Character(fields, "delimiter"))), SplitBehavior.Removed));
                break;
            default:
                throw ComponentReader.Unknown(fields, "pre-tokenizer");
        }
    }

    private static void ReadByteLevel(JsonFields fields, List<PieceStage?> stages)
    {
        ComponentReader.AllowOnly(fields, "add_prefix_space", "trim_offsets", "use_regex");
        if (fields.Flag("add_prefix_space", missing: true))
        {
            stages.Add(new PrefixSpaceStage());
        }

        if (fields.Flag("use_regex", missing: true))
        {
            stages.Add(new SplitStage(new TextFinder(Pattern.Compile(Words)), SplitBehavior.Isolated));
        }

        stages.Add(null);
    }

    private static void ReadMetaspace(JsonFields fields, List<PieceStage?> stages)
    {
        ComponentReader.AllowOnly(fields, "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        var sign = new Rune(ComponentReader.Character(fields, "replacement", "\u2581"));
        stages.Add(new MetaspaceStage(sign, Scheme(fields)));
        if (fields.Flag("split", missing: true))
        {
            stages.Add(new SplitStage(ComponentReader.Create(CodePointSet.Create(sign.Value)), SplitBehavior.MergedWithNext));
        }
    }

    /// <summary>Reads where <c>Metaspace</c> puts its sign, in the older writing too.</summary>
    public static PrependScheme Scheme(JsonFields fields)
    {
        string? name = fields.Text("prepend_scheme");
        PrependScheme scheme = name switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw fields.Fault("prepend_scheme", $"'{name}' is not always, first or never"),
        };
        bool add = fields.Flag("add_prefix_space", missing: true);
        return add ? scheme : name is null or "never" ? PrependScheme.Never
            : throw fields.Fault("add_prefix_space", $"contradicts prepend_scheme '{name}'");
    }

    private static SplitBehavior Behavior(JsonFields fields, SplitBehavior? missing)
    {
        string? name = fields.Text("behavior");
        return name is null ? missing ?? throw fields.Fault("behavior", "the key is missing")
            : Enum.TryParse(name, out SplitBehavior behavior) && behavior.ToString() == name ? behavior
            : throw fields.Fault("behavior", $"'{name}' is not one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
    }
}
