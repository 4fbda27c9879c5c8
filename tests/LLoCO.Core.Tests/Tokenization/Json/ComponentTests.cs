using System.Text;
using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tests.Tokenization.Json;

/// <summary>Each part of a <c>tokenizer.json</c>, in many mixtures.</summary>
public sealed class ComponentTests
{
    [Fact]
    public void Encode_MixturesOfParts_GiveTheReferencesIds()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "TestData", "tokenizers", "components.json");
        JsonArray mixtures = JsonNode.Parse(File.ReadAllBytes(file))!.AsArray();

        Assert.True(mixtures.Count >= 100);
        foreach (JsonNode? mixture in mixtures)
        {
            HuggingFaceTokenizer tokenizer = Load(Patched(mixture!["base"]!.GetValue<string>(), mixture["patch"]!.AsObject()));
            foreach (JsonNode? row in mixture["texts"]!.AsArray())
            {
                string text = row!["text"]!.GetValue<string>();
                int[] ids = [.. row["ids"]!.AsArray().Select(id => id!.GetValue<int>())];

                Assert.True(
                    ids.SequenceEqual(tokenizer.Encode(text)),
                    $"{mixture["patch"]!.ToJsonString()} \"{text}\": {string.Join(' ', tokenizer.Encode(text))}");
                Assert.Equal(ids, tokenizer.EncodeWithOffsets(text).Select(token => token.Id));
                Assert.Equal(row["decoded"]?.GetValue<string>() ?? tokenizer.Decode(ids), tokenizer.Decode(ids));
            }
        }
    }

    [Theory]
    [InlineData("""{"pre_tokenizer": {"type": "UnicodeScripts"}}""", "UnicodeScripts")]
    [InlineData("""{"normalizer": {"type": "Romanize"}}""", "Romanize")]
    [InlineData("""{"normalizer": {"type": "NFC", "version": 17}}""", "version")]
    [InlineData("""{"decoder": {"type": "CTC", "pad_token": "x"}}""", "CTC")]
    [InlineData("""{"post_processor": {"type": "Chorus"}}""", "Chorus")]
    [InlineData("""{"model": {"type": "Syllables"}}""", "Syllables")]
    [InlineData("""{"model": {"dropout": 0.1}}""", "by chance")]
    [InlineData("""{"model": {"merges": [["a", "nothing of the kind"]]}}""", "nothing of the kind")]
    [InlineData("""{"model": {"merges": ["a b c"]}}""", "a b c")]
    [InlineData("""{"model": {"vocab": {"a": -1}}}""", "no id")]
    [InlineData("""{"model": {"vocab": {"a": 2000000000}}}""", "no id")]
    [InlineData("""{"model": {"vocab": {}, "merges": []}}""", "no pieces")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a)\\1"}, "behavior": "Isolated"}}""", @"\1")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"String": "a"}, "behavior": "Sideways"}}""", "Sideways")]
    [InlineData("""{"added_tokens": [{"id": 7777, "content": "<far>"}]}""", "<far>")]
    public void Load_WhatIsNotKnown_IsRefusedByName(string patch, string named)
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => Load(Patched("syn_bytelevel_split", JsonNode.Parse(patch)!.AsObject())));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DeepJson_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type": "Sequence", "normalizers": [""", 100_000));

        Assert.Throws<CheckpointFormatException>(() => Load("{\"model\": {}, \"normalizer\": " + deep));
    }

    [Fact]
    public void Load_DamagedFiles_FailAsSuch()
    {
        byte[] whole = File.ReadAllBytes(TokenizerPairs.FileOf("syn_unigram_bytefallback"));
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            for (int k = random.Next(1, 4); k > 0; k--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            // It loads, or it is refused; nothing else happens, and what loads encodes.
            try
            {
                using var stream = new MemoryStream(damaged, 0, random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length);
                Assert.NotNull(HuggingFaceTokenizer.Load(stream).Encode("the captain's log \u00E9 12"));
            }
            catch (CheckpointFormatException error)
            {
                Assert.NotEmpty(error.Fault);
            }
        }
    }

    private static string Patched(string name, JsonObject patch)
    {
        JsonObject whole = JsonNode.Parse(File.ReadAllBytes(TokenizerPairs.FileOf(name)))!.AsObject();
        foreach ((string key, JsonNode? value) in patch)
        {
            if (key != "model")
            {
                whole[key] = value?.DeepClone();
                continue;
            }

            foreach ((string setting, JsonNode? part) in value!.AsObject())
            {
                whole["model"]![setting] = part?.DeepClone();
            }
        }

        return whole.ToJsonString();
    }

    private static HuggingFaceTokenizer Load(string json) =>
        HuggingFaceTokenizer.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
