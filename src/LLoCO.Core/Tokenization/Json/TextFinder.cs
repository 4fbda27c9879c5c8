using LLoCO.Core.Tokenization.Patterns;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>A search in a text: for a pattern, a text, or single characters of a set.</summary>
internal sealed class TextFinder
{
    private readonly Pattern? _pattern;
    private readonly CodePointSet? _set;

    /// <summary>Looks for what a pattern matches.</summary>
    public TextFinder(Pattern pattern, string? literal = null) => (_pattern, Literal) = (pattern, literal);

    /// <summary>Looks for single characters.</summary>
    public TextFinder(CodePointSet set) => _set = set;

    /// <summary>Gets the text that is looked for, if it is one.</summary>
    public string? Literal { get; }

    /// <summary>Begins to look.</summary>
    /// <param name="text">The text.</param>
    /// <param name="run">Lends the pattern's working memory.</param>
    public Search In(ReadOnlySpan<char> text, EncodeRun run) => new(_pattern is null ? null : run.MatcherOf(_pattern), _set);

    /// <summary>Goes through the finds of one text in order. They do not overlap.</summary>
    internal struct Search(PatternMatcher? matcher, CodePointSet? set)
    {
        private int _position;
        private int _lastEnd = -1;

        /// <summary>Gives the next find.</summary>
        /// <param name="text">The text, each time the same.</param>
        /// <param name="start">Where it begins.</param>
        /// <param name="end">Where it ends.</param>
        public bool Next(ReadOnlySpan<char> text, out int start, out int end)
        {
            if (matcher is null)
            {
                return NextOfSet(text, out start, out end);
            }

            while (_position <= text.Length && matcher.Find(text, _position, out start, out end))
            {
                if (start == end && end == _lastEnd)
                {
                    // No empty find right behind another: the search goes on one character further.
                    _position += _position + 1 < text.Length && char.IsSurrogatePair(text[_position], text[_position + 1]) ? 2 : 1;
                    continue;
                }

                (_position, _lastEnd) = (end, end);
                return true;
            }

            (start, end) = (text.Length, text.Length);
            return false;
        }

        private bool NextOfSet(ReadOnlySpan<char> text, out int start, out int end)
        {
            for (start = _position; start < text.Length;)
            {
                bool found = set!.ContainsAt(text, start, out int length);
                if (found)
                {
                    _position = end = start + length;
                    return true;
                }

                start += length;
            }

            _position = end = text.Length;
            return false;
        }
    }
}
