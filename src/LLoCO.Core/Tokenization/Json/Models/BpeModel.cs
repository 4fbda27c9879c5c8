using System.Text;
using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>
/// Byte-pair encoding: starts with characters, and repeatedly joins the neighbours that were merged first in training
/// (huggingface/tokenizers, <c>models/bpe/model.rs</c>).
/// </summary>
/// <param name="settings">The vocabulary and its settings.</param>
/// <param name="merges">The pairs.</param>
/// <param name="joins">Says over which places a pair may join.</param>
internal sealed class BpeModel(BpeSettings settings, MergeTable merges, BpeJoins joins) : WordModel
{
    private readonly BpeCharacters _characters = new(settings);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces =
        settings.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    public override IReadOnlyDictionary<string, int> Vocabulary => settings.Vocabulary;

    public override bool TryWhole(ReadOnlySpan<char> word, out int id)
    {
        id = -1;
        return settings.IgnoreMerges && _pieces.TryGetValue(word, out id);
    }

    public override int CutBehind(ReadOnlySpan<char> word, int start) => joins.CutBehind(word, start);

    public override void Encode(ReadOnlySpan<char> word, WordTokens tokens, ref object? memory)
    {
        var merger = memory as SymbolMerger ?? new SymbolMerger(merges);
        memory = merger;
        merger.Clear();
        int unknownEnd = 0; // of a run of unknown characters that is not yet added
        for (int position = 0; position < word.Length;)
        {
            Rune.DecodeFromUtf16(word[position..], out Rune rune, out int length);
            int end = position + length;
            int id = _characters.IdOf(rune.Value, isFirst: position == 0, isLast: end == word.Length);
            if (id >= 0)
            {
                AddUnknown(merger, ref unknownEnd);
                merger.Add(id, end);
            }
            else if (!AddBytes(merger, rune, end))
            {
                unknownEnd = AddOrFuse(merger, unknownEnd, end);
            }

            position = end;
        }

        AddUnknown(merger, ref unknownEnd);
        merger.Merge();
        tokens.Add(merger.Ids, merger.Ends);
    }

    private void AddUnknown(SymbolMerger merger, ref int end)
    {
        if (end > 0)
        {
            merger.Add(settings.UnknownId, end);
            end = 0;
        }
    }

    // Without an unknown piece, an unknown character gives no token.
    private int AddOrFuse(SymbolMerger merger, int pending, int end)
    {
        if (settings.UnknownId < 0)
        {
            return 0;
        }

        if (!settings.FuseUnknown)
        {
            AddUnknown(merger, ref pending);
        }

        return end;
    }

    private bool AddBytes(SymbolMerger merger, Rune rune, int end)
    {
        if (settings.Bytes is not { } ids)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (ids[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in bytes)
        {
            merger.Add(ids[value], end);
        }

        return true;
    }
}
