using System.Text;

namespace LLoCO.Core.Index;

/// <summary>
/// Cuts text into the terms that a search compares, by script. In scripts that separate words (Latin, Cyrillic, Arabic,
/// Devanagari …) a term is a word, with its vowel signs. In scripts that do not (Chinese, Japanese, Thai, Khmer …), and in
/// Korean, which adds endings to words, terms are each character with its marks and each pair of neighbours. Both indexes use
/// this type for passages and questions; FTS5 only stores and counts the terms.
/// </summary>
internal static class SearchTerms
{
    /// <summary>The FTS5 tokenizer that leaves terms as they are: it ends a word at ASCII punctuation alone and folds ASCII letters,
    /// which terms hold in lower case.</summary>
    public const string Fts5Tokenizer = "ascii";

    /// <summary>Cuts text into terms.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The terms in text order, with repetitions.</returns>
    public static IReadOnlyList<string> Extract(string text)
    {
        if (Ascii.IsValid(text))
        {
            return Words(text);
        }

        var terms = new TermList();
        foreach (Rune rune in SearchForms.Compose(text).EnumerateRunes())
        {
            switch (SearchLetters.Classify(rune))
            {
                case SearchLetterKind.Word:
                    terms.AddToWord(SearchLetters.Fold(rune));
                    break;
                case SearchLetterKind.Character:
                    terms.AddCharacter(SearchLetters.Fold(rune));
                    break;
                case SearchLetterKind.Mark:
                    terms.AddMark(SearchLetters.Fold(rune), SearchLetters.StacksNext(rune));
                    break;
                case SearchLetterKind.LineEnd:
                    terms.EndWord();
                    break;
                case SearchLetterKind.Separator:
                    terms.EndRun();
                    break;
                default:
                    break;
            }
        }

        return terms.Finish();
    }

    /// <summary>Counts some terms in a text, and its terms in all.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="counts">Becomes how often each stands there.</param>
    /// <returns>The number of terms that <see cref="Extract"/> gives.</returns>
    public static int Count(string text, string[] terms, int[] counts)
    {
        Array.Clear(counts);
        if (Ascii.IsValid(text))
        {
            return CountWords(text, terms, counts);
        }

        IReadOnlyList<string> all = Extract(text);
        foreach (string term in all)
        {
            int place = Array.IndexOf(terms, term);
            if (place >= 0)
            {
                counts[place]++;
            }
        }

        return all.Count;
    }

    /// <summary>Without making a string of each word.</summary>
    private static int CountWords(string text, string[] terms, int[] counts)
    {
        int words = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
            {
                continue;
            }

            if (i > start)
            {
                words++;
                ReadOnlySpan<char> word = text.AsSpan(start, i - start);
                for (int place = 0; place < terms.Length; place++)
                {
                    if (terms[place].Length == word.Length && word.Equals(terms[place], StringComparison.OrdinalIgnoreCase))
                    {
                        counts[place]++;
                        break;
                    }
                }
            }

            start = i + 1;
        }

        return words;
    }

    /// <summary>The same for text of ASCII alone, which is most of English, in a fraction of the time.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>(text.Length / 5);
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
            {
                continue;
            }

            if (i > start)
            {
                words.Add(text[start..i].ToLowerInvariant());
            }

            start = i + 1;
        }

        return words;
    }

    /// <summary>Creates the text that FTS5 gets in place of a passage: its terms.</summary>
    /// <param name="text">The passage.</param>
    /// <returns>The text for FTS5.</returns>
    public static string ToFts5Text(string text) => string.Join(' ', Extract(text));

    /// <summary>Makes an FTS5 query that finds any of some terms. Every term is a quoted string of letters and numbers, so user
    /// input is never parsed as query syntax.</summary>
    /// <param name="terms">Terms of <see cref="Extract"/>; at least one.</param>
    /// <returns>The query.</returns>
    public static string ToFts5Query(IEnumerable<string> terms) => string.Join(" OR ", terms.Select(term => $"\"{term}\""));

    /// <summary>Collects terms while a text is read. One word or one run of characters is open at a time.</summary>
    private sealed class TermList
    {
        private readonly List<string> _terms = [];
        private readonly StringBuilder _word = new();
        private readonly StringBuilder _character = new();
        private string? _before;
        private bool _stacks;

        public void AddToWord(Rune letter)
        {
            EndCharacters();
            _word.Append(letter.ToString());
        }

        public void AddCharacter(Rune letter)
        {
            EndWord();
            if (!_stacks)
            {
                EndCharacter();
            }

            _stacks = false;
            _character.Append(letter.ToString());
        }

        public void AddMark(Rune mark, bool stacksNext)
        {
            // A mark without a letter is no word.
            StringBuilder open = _character.Length > 0 ? _character : _word;
            if (open.Length > 0)
            {
                open.Append(mark.ToString());
                _stacks = stacksNext && ReferenceEquals(open, _character);
            }
        }

        public void EndWord()
        {
            if (_word.Length > 0)
            {
                _terms.Add(_word.ToString());
                _word.Clear();
            }
        }

        public void EndRun()
        {
            EndWord();
            EndCharacters();
        }

        public IReadOnlyList<string> Finish()
        {
            EndRun();
            return _terms;
        }

        private void EndCharacters()
        {
            EndCharacter();
            _before = null;
            _stacks = false;
        }

        private void EndCharacter()
        {
            if (_character.Length == 0)
            {
                return;
            }

            string character = _character.ToString();
            _character.Clear();
            _terms.Add(character);
            if (_before is not null)
            {
                _terms.Add(_before + character);
            }

            _before = character;
        }
    }
}
