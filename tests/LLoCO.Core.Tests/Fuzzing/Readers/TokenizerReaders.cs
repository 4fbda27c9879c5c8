using System.Text;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Fuzzing.Readers;

/// <summary>The readers of vocabulary files. What they accept must also encode and decode a text.</summary>
internal static class TokenizerReaders
{
    private const string Text = "The captain's log 12: naïve 漢字 😀\n  two  blanks \u0301<s></s>▁x";

    public static IReadOnlyList<ForeignReader> All { get; } =
    [
        new("sentencepiece", OpenSentencePiece, ProtobufDamage.Fields),
        new("tiktoken", OpenTiktoken, Lines),
        new("tokenizer-json", _ => CheckpointReaders.Simple(
            "tokenizer.json", Use, TokenizerPairs.Here.Where(name => name.StartsWith("syn_", StringComparison.Ordinal)).Select(TokenizerPairs.FileOf)),
            JsonDamage.Whole),
        new("special-tokens", OpenSpecialTokens, JsonDamage.Whole),
    ];

    private static void Use(string path)
    {
        ITokenizer tokenizer = TokenizerFile.Load(path);
        IReadOnlyList<int> ids = tokenizer.Encode(Text);
        Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
        tokenizer.Decode([.. ids, .. Enumerable.Range(0, Math.Min(300, tokenizer.VocabularySize))]);
        tokenizer.EncodeWithOffsets(Text);
    }

    private static OpenedReader OpenSentencePiece(FuzzFolder folder)
    {
        var trained = new MemoryStream();
        SentencePieceTrainer.Train(
            ["The captain saw the storm.", "The mayor saw the market."],
            new SentencePieceTrainerOptions { VocabularySize = 300, MinimumCount = 1 },
            trained);
        return new(
            "tokenizer.model", [File.ReadAllBytes(Cases.Path("00-plain", "model", "tokenizer.model")), trained.ToArray()], Use);
    }

    private static OpenedReader OpenTiktoken(FuzzFolder folder)
    {
        var lines = new StringBuilder();
        int rank = 0;
        foreach (byte[] token in Enumerable.Range(0, 256).Select(value => new[] { (byte)value })
            .Concat(((string[])["th", "the", " t", " the", "in", "ing", "12", "é"]).Select(Encoding.UTF8.GetBytes)))
        {
            lines.Append(Convert.ToBase64String(token)).Append(' ').Append(rank++).Append('\n');
        }

        return new("tokenizer.model", [Encoding.ASCII.GetBytes(lines.ToString())], Use);
    }

    /// <summary>Lines that are gone, doubled, changed places, or have another rank or token.</summary>
    private static byte[] Lines(byte[] file, Dice dice)
    {
        List<string> lines = [.. Encoding.Latin1.GetString(file).Split('\n')];
        for (int times = 1 + dice.Next(3); times > 0; times--)
        {
            int at = dice.Next(dice.Once(3) ? Math.Min(lines.Count, 3) : lines.Count);
            int other = dice.Next(lines.Count);
            switch (dice.Next(6))
            {
                case 0:
                    (lines[at], lines[other]) = (lines[other], lines[at]);
                    break;
                case 1:
                    lines.Insert(at, lines[other]);
                    break;
                case 2:
                    lines[at] = lines[at].Split(' ')[0] + " " + dice.Pick<string>(["0", "-1", "264", "2147483647", "2147483648", "1e3", " 5", ""]);
                    break;
                case 3:
                    lines[at] = Convert.ToBase64String(dice.Bytes(dice.Pick<int>([0, 1, 3, 5000]))) + " " + (lines.Count - 1);
                    break;
                case 4:
                    lines[at] += "\r";
                    break;
                default:
                    lines.Add(Convert.ToBase64String(dice.Bytes(4)) + " " + (lines.Count - 1));
                    break;
            }
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static OpenedReader OpenSpecialTokens(FuzzFolder folder)
    {
        File.Copy(TokenizerPairs.FileOf("syn_bytelevel_split"), folder.PathOf("tokenizer.json"));
        return new(
            "tokenizer_config.json",
            ["""{"add_bos_token": true, "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}}"""u8.ToArray()],
            path => HuggingFaceTokenizer.Load(folder.PathOf("tokenizer.json")));
    }
}
