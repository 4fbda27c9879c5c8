using System.Globalization;
using System.Text;
using LLoCO.Core.Families;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Probing;

/// <summary>Stands for the tokenizer of a model with random weights: an id is its number, and a sentence ends now and then.</summary>
/// <param name="config">The shape.</param>
internal sealed class NumberText(LlamaConfig config) : ITokenizer
{
    private const int SentenceTokens = 16;

    /// <inheritdoc/>
    public int VocabularySize => config.VocabularySize;

    /// <inheritdoc/>
    public int? BeginOfSequenceId => config.BeginOfSequenceId;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndOfSequenceIds => config.EndOfSequenceIds;

    /// <inheritdoc/>
    public string Fingerprint => "numbers";

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text) => [.. EncodeWithOffsets(text).Select(token => token.Id)];

    /// <inheritdoc/>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TextToken>();
        int start = 0;
        foreach (string word in text.Split(' '))
        {
            if (int.TryParse(word.TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < VocabularySize)
            {
                tokens.Add(new TextToken(id, start, word.Length));
            }

            start += word.Length + 1;
        }

        return tokens;
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        foreach ((int place, int id) in ids.Index())
        {
            text.Append(place == 0 ? string.Empty : place % SentenceTokens == 0 ? ". " : " ").Append(id.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
