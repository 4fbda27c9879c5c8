using System.Text;
using LLoCO.Core.Tokenization.Json.PreTokenizers;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>Encodes text with the parts of a <c>tokenizer.json</c>. Safe for concurrent use.</summary>
/// <remarks>
/// <code>
/// text -> added tokens -> normalizer -> added tokens that are looked for in normalized text -> pre-tokenizers -> model
/// </code>
/// Special tokens are not looked for: typed in a text, they stay text.
/// </remarks>
internal sealed class JsonEncoder
{
    private readonly TokenizerJson _parts;
    private readonly AddedTokenMatcher _plain;
    private readonly AddedTokenMatcher _normalized;
    private readonly SpecialTokenCutter _special;
    private EncodeRun? _spare;

    /// <summary>Takes the parts.</summary>
    public JsonEncoder(TokenizerJson parts)
    {
        _parts = parts;
        AddedToken[] tokens = [.. parts.AddedTokens.Where(token => !token.IsSpecial)];
        _special = new SpecialTokenCutter(parts.AddedTokens.Where(token => token.IsSpecial || !token.IsNormalized));
        _plain = new AddedTokenMatcher([.. tokens.Where(token => !token.IsNormalized).Select(token => (token, token.Content))]);
        _normalized = new AddedTokenMatcher([.. tokens.Where(token => token.IsNormalized)
            .Select(token => (token, Normalize(new MappedText(token.Content, 0), track: false).Text))]);
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="offsets">Whether the tokens' positions are requested.</param>
    /// <param name="result">Takes what is wanted of the run.</param>
    public T Encode<T>(string text, bool offsets, Func<EncodeRun, T> result)
    {
        // One run's memory waits for the next call; a call at the same time makes its own.
        EncodeRun run = Interlocked.Exchange(ref _spare, null) ?? new EncodeRun();
        run.Begin(offsets, _parts.AsksForPlace);
        text = WholeCharacters.Convert(text);
        EncodeText(text, 0, text.Length, run);
        T taken = result(run);
        _spare = run;
        return taken;
    }

    /// <summary>Encodes a prompt, as <see cref="IPromptTokenizer.EncodePrompt"/>.</summary>
    public int[] EncodePrompt(string text, int start, int length)
    {
        var run = new EncodeRun();
        run.Begin(offsets: false, _parts.AsksForPlace);
        text = WholeCharacters.Convert(text);
        _special.Cut(
            text,
            start,
            length,
            (from, to) => EncodeText(text, from, to, run),
            (token, from, to) => run.Emit(token.Id, from, to));
        return [.. run.Ids];
    }

    private void EncodeText(string text, int from, int limit, EncodeRun run)
    {
        int taken = from;
        while (!_plain.IsEmpty && _plain.Next(text.AsSpan(0, limit), ref from, taken, out int start, out int end) is { } token)
        {
            EncodeStretch(text, taken, start, run);
            run.Emit(token.Id, start, end);
            taken = Math.Max(taken, end);
        }

        EncodeStretch(text, taken, limit, run);
    }

    private void EncodeStretch(string text, int start, int end, EncodeRun run)
    {
        if (start >= end)
        {
            return;
        }

        MappedText mapped = Normalize(new MappedText(text[start..end], start), run.Track);
        int from = 0;
        int taken = 0;
        while (!_normalized.IsEmpty && _normalized.Next(mapped.Text, ref from, taken, out int first, out int last) is { } token)
        {
            EncodePiece(mapped, taken, first, run);
            run.Emit(token.Id, mapped.StartOf(first), mapped.EndOf(last - 1));
            taken = Math.Max(taken, last);
        }

        EncodePiece(mapped, taken, mapped.Text.Length, run);
    }

    private void EncodePiece(MappedText text, int start, int end, EncodeRun run)
    {
        if (end > start)
        {
            _parts.Stages.Accept(new Piece(text, start, end - start), run);
        }
    }

    private MappedText Normalize(MappedText text, bool track) => _parts.Normalizer?.Normalize(text, track) ?? text;
}
