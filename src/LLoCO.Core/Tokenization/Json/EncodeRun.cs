using LLoCO.Core.Tokenization.Json.Models;
using LLoCO.Core.Tokenization.Patterns;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>The state of one encoding call: its results and the working memory of patterns and model.</summary>
internal sealed class EncodeRun
{
    private readonly Dictionary<Pattern, PatternMatcher> _matchers = [];
    private readonly List<TextToken> _tokens = [];
    private readonly List<int> _ids = [];
    private bool _offsets;
    private int _covered;

    /// <summary>Gets whether positions in the user's text are requested.</summary>
    public bool Track { get; private set; }

    /// <summary>Gets the ids.</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>Gets the tokens with their places.</summary>
    public IReadOnlyList<TextToken> Tokens => _tokens;

    /// <summary>Gets the tokens of the current word.</summary>
    public WordTokens Word { get; } = new();

    /// <summary>Gets the model's working memory.</summary>
    public object? ModelMemory { get; set; }

    /// <summary>Gets the steps that patterns took: a measure of time that no other load changes.</summary>
    public long PatternSteps { get; private set; }

    /// <summary>Begins a text.</summary>
    /// <param name="offsets">Whether positions are requested.</param>
    /// <param name="track">Whether the steps must know positions in the user's text even so.</param>
    public void Begin(bool offsets, bool track)
    {
        (_offsets, Track, _covered) = (offsets, offsets || track, 0);
        PatternSteps = 0;
        foreach (PatternMatcher matcher in _matchers.Values)
        {
            matcher.Begin();
        }

        _tokens.Clear();
        _ids.Clear();
    }

    /// <summary>Adds what matchers took since they began to <see cref="PatternSteps"/>.</summary>
    public void CountMatchers() => PatternSteps += _matchers.Values.Sum(matcher => matcher.Taken);

    /// <summary>Gives the matcher of a pattern, which begins a text with it.</summary>
    public PatternMatcher MatcherOf(Pattern pattern)
    {
        if (!_matchers.TryGetValue(pattern, out PatternMatcher? matcher))
        {
            _matchers.Add(pattern, matcher = new PatternMatcher(pattern));
        }

        PatternSteps += matcher.Taken;
        matcher.Begin();
        return matcher;
    }

    /// <summary>Adds a token that covers a stretch of the user's text.</summary>
    public void Emit(int id, int start, int end)
    {
        _ids.Add(id);
        if (_offsets)
        {
            // Characters that are already covered stay with their first token.
            start = Math.Max(start, _covered);
            _tokens.Add(new TextToken(id, start, Math.Max(0, end - start)));
            _covered = Math.Max(_covered, end);
        }
    }

    /// <summary>Adds the tokens of a word.</summary>
    /// <param name="source">The text that the word stands in.</param>
    /// <param name="start">Where it begins there.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="ends">Where each ends in the word.</param>
    public void Emit(MappedText source, int start, ReadOnlySpan<int> ids, ReadOnlySpan<int> ends)
    {
        if (!_offsets)
        {
            _ids.AddRange(ids);
            return;
        }

        int first = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int last = ends[i];
            int from = last > first ? source.StartOf(start + first) : _covered;
            int to = last > first ? source.EndOf(start + last - 1) : _covered;
            Emit(ids[i], from, to);
            first = Math.Max(first, last);
        }
    }
}
