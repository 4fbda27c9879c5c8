using LLoCO.Core;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training;

/// <summary>Documents in memory, the same in every epoch.</summary>
public sealed class CompressorCorpus : ICompressorCorpus
{
    /// <summary>A shorter rest is not worth a sequence of its own.</summary>
    private const int MinTokens = 8;

    private readonly CompressorDocument[] _documents;

    /// <summary>Takes documents as they are.</summary>
    /// <param name="documents">The documents; at least one.</param>
    public CompressorCorpus(IEnumerable<CompressorDocument> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        _documents = [.. documents];
    }

    /// <inheritdoc/>
    public int Count => _documents.Length;

    /// <summary>Gets the tokens of all documents.</summary>
    public long Tokens => _documents.Sum(document => (long)document.Tokens.Length);

    /// <summary>Packs texts end to end, an end token between them, and cuts the whole into sequences: no position is padding, and
    /// short texts share a sequence.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="texts">The texts; taken one at a time.</param>
    /// <param name="sequenceTokens">Tokens of a sequence; at least 8.</param>
    /// <returns>The sequences, the last one perhaps shorter.</returns>
    /// <exception cref="LlocoException">There is no text.</exception>
    public static CompressorCorpus FromTexts(ITokenizer tokenizer, IEnumerable<string> texts, int sequenceTokens)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceTokens, MinTokens);
        var all = new List<int>();
        foreach (string text in texts)
        {
            IReadOnlyList<int> ids = tokenizer.Encode(text);
            all.AddRange(ids);
            if (ids.Count > 0)
            {
                all.Add(tokenizer.EndOfSequenceIds[0]);
            }
        }

        CompressorDocument[] sequences = [.. all.Chunk(sequenceTokens).Where(ids => ids.Length >= MinTokens)
            .Select((ids, number) => new CompressorDocument($"sequence {number}", ids, []))];
        return sequences.Length > 0
            ? new CompressorCorpus(sequences)
            : throw new LlocoException($"The corpus has {all.Count} tokens: too few to learn from. Give more text.");
    }

    /// <inheritdoc/>
    public CompressorDocument Get(int index, int epoch) => _documents[index];
}
