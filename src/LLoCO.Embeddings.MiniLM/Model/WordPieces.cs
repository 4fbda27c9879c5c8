using System.Text.Json;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Embeddings.MiniLM.Model;

/// <summary>The tokenizer of uncased BERT: white space of any kind separates, accents are stripped, punctuation stands alone, words are
/// cut into the longest known pieces.</summary>
internal sealed class WordPieces
{
    private readonly HuggingFaceTokenizer _tokenizer;
    private readonly int _begin;
    private readonly int _end;

    private WordPieces(HuggingFaceTokenizer tokenizer, int begin, int end) => (_tokenizer, _begin, _end) = (tokenizer, begin, end);

    /// <summary>Reads a vocabulary, one piece a line, its id the number of the line from 0.</summary>
    /// <param name="vocabulary">The file; closed at the end.</param>
    public static WordPieces Load(Stream vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        using (var reader = new StreamReader(vocabulary))
        {
            for (int id = 0; reader.ReadLine() is { } piece; id++)
            {
                ids.TryAdd(piece, id);
            }
        }

        using var file = new MemoryStream(Describe(ids));
        return new WordPieces(HuggingFaceTokenizer.Load(file), ids["[CLS]"], ids["[SEP]"]);
    }

    /// <summary>Encodes a text as the model reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">The most tokens, the two around the text included. Pieces behind that are left out.</param>
    public int[] Encode(string text, int maxTokens) => [_begin, .. _tokenizer.Encode(text).Take(maxTokens - 2), _end];

    /// <summary>Writes the tokenizer's published settings as a <c>tokenizer.json</c>.</summary>
    private static byte[] Describe(Dictionary<string, int> vocabulary)
    {
        using var written = new MemoryStream();
        using (var json = new Utf8JsonWriter(written))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteStartArray("added_tokens");
            json.WriteEndArray();
            json.WriteStartObject("normalizer");
            json.WriteString("type", "BertNormalizer");
            json.WriteBoolean("clean_text", true);
            json.WriteBoolean("handle_chinese_chars", true);
            json.WriteBoolean("strip_accents", true);
            json.WriteBoolean("lowercase", true);
            json.WriteEndObject();
            json.WriteStartObject("pre_tokenizer");
            json.WriteString("type", "BertPreTokenizer");
            json.WriteEndObject();
            json.WriteStartObject("model");
            json.WriteString("type", "WordPiece");
            json.WriteString("unk_token", "[UNK]");
            json.WriteString("continuing_subword_prefix", "##");
            json.WriteNumber("max_input_chars_per_word", 100);
            json.WriteStartObject("vocab");
            foreach ((string piece, int id) in vocabulary)
            {
                json.WriteNumber(piece, id);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return written.ToArray();
    }
}
