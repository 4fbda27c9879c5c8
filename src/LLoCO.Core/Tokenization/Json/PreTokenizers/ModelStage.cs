using System.Text;
using LLoCO.Core.Tokenization.Json.Models;
using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>The last step: turns words into tokens, and remembers the tokens of words.</summary>
/// <param name="model">The model.</param>
/// <param name="bytes">Whether the model knows words by the letters of their bytes: <c>ByteLevel</c>'s last step, which is done
/// here so that a word that came before costs nothing.</param>
internal sealed class ModelStage(WordModel model, bool bytes) : PieceStage
{
    private readonly WordCache _cache = new();

    public override void Accept(in Piece piece, EncodeRun run)
    {
        ReadOnlySpan<char> text = piece.Span;
        for (int start = 0; start < text.Length;)
        {
            int end = model.CutBehind(text, start);
            if (start == 0 && end < text.Length && model.TryWhole(text, out _))
            {
                end = text.Length;
            }

            Encode(piece.Source, piece.Start + start, text[start..end], run);
            start = end;
        }
    }

    private void Encode(MappedText source, int start, ReadOnlySpan<char> word, EncodeRun run)
    {
        if (word.Length > WordCache.LongestWord)
        {
            Make(word, run);
            run.Emit(source, start, run.Word.Ids, run.Word.Ends);
            return;
        }

        int place = _cache.PlaceOf(word);
        WordCache.Entry? entry = _cache.Find(place, word);
        if (entry is null)
        {
            Make(word, run);
            entry = new WordCache.Entry(word.ToString(), run.Word.Ids.ToArray(), run.Word.Ends.ToArray());
            _cache.Keep(place, entry);
        }

        run.Emit(source, start, entry.Ids, entry.Ends);
    }

    private void Make(ReadOnlySpan<char> word, EncodeRun run)
    {
        run.Word.Clear();
        if (!bytes)
        {
            MakeOf(word, run);
            return;
        }

        byte[] utf8 = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, utf8);
        char[] letters = new char[utf8.Length];
        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = ByteLetters.LetterOf(utf8[i]);
        }

        MakeOf(letters, run);
        EndsToCharacters(word, run.Word.Ends);
    }

    private void MakeOf(ReadOnlySpan<char> word, EncodeRun run)
    {
        if (model.TryWhole(word, out int id))
        {
            run.Word.Add(id, word.Length);
            return;
        }

        object? memory = run.ModelMemory;
        model.Encode(word, run.Word, ref memory);
        run.ModelMemory = memory;
    }

    // A character belongs to the token that holds its first byte.
    private static void EndsToCharacters(ReadOnlySpan<char> word, Span<int> ends)
    {
        int position = 0;
        int bytesBefore = 0;
        foreach (ref int end in ends)
        {
            while (bytesBefore < end && position < word.Length)
            {
                Rune.DecodeFromUtf16(word[position..], out Rune rune, out int length);
                position += length;
                bytesBefore += rune.Utf8SequenceLength;
            }

            end = position;
        }
    }
}
