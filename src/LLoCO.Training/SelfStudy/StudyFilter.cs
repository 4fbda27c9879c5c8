using System.Text;
using LLoCO.Core;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.SelfStudy;

/// <summary>Extracts pairs from replies, drops unusable ones, and counts the reasons. One run, one thread at a time.</summary>
internal sealed class StudyFilter(ITokenizer tokenizer, SelfStudyOptions options)
{
    private readonly Dictionary<(string Document, string Question), StudyPair> _pairs = [];
    private readonly HashSet<(string Document, string Question)> _ambiguous = [];
    private readonly SortedDictionary<StudyFault, int> _dropped = [];

    /// <summary>Gets the number of pairs kept.</summary>
    internal int Count => _pairs.Count;

    /// <summary>Gets how many were dropped, by reason.</summary>
    internal IReadOnlyDictionary<StudyFault, int> Dropped => _dropped;

    /// <summary>Gets the pairs kept, in the order in which their questions came.</summary>
    internal IEnumerable<StudyPair> Pairs => _pairs.Values;

    /// <summary>Reads a reply.</summary>
    /// <param name="document">The document.</param>
    /// <param name="chunk">The stretch that the teacher saw.</param>
    /// <param name="prompt">The seed prompt.</param>
    /// <param name="reply">The teacher's reply.</param>
    /// <param name="name">The name in the question, if the prompt has its own question.</param>
    internal void Add(StudyDocument document, StudyChunk chunk, StudyPrompt prompt, TeacherReply reply, string name = "")
    {
        IReadOnlyList<ParsedPair> parsed = prompt.Question is null
            ? StudyReplyParser.Parse(reply.Text)
            : [StudyReplyParser.Completed(
                prompt.Question.Replace(StudyPrompt.NameMark, name, StringComparison.Ordinal), reply.Text)];
        if (parsed.Count == 0)
        {
            Drop(string.IsNullOrWhiteSpace(reply.Text) ? StudyFault.Empty : StudyFault.Malformed);
        }

        string text = document.Text.Substring(chunk.Start, chunk.Length);
        foreach (ParsedPair one in parsed)
        {
            List<ReplyToken> tokens = AnswerTokens(one, reply);
            if (prompt.Question is not null && tokens.Count > 0 && !tokenizer.EndOfSequenceIds.Contains(tokens[^1].Id))
            {
                // The sentence ended here, and with it the answer: the student's ends in its end token.
                int end = tokenizer.EndOfSequenceIds[0];
                tokens.Add(new ReplyToken(end, reply.Text.Length, 0, [end], [0]));
            }

            var pair = new StudyPair(document.Id, prompt.Name, one.Question, one.Answer, chunk.Start, chunk.Length)
            {
                AnswerTokens = tokens,
                Confidence = tokens.Count == 0 ? 1 : Math.Exp(tokens.Average(token => token.LogProbability)),
            };
            if (Fault(pair, prompt, text) is { } fault)
            {
                Drop(fault);
            }
            else
            {
                Keep(pair, prompt.Extractive);
            }
        }
    }

    private StudyFault? Fault(StudyPair pair, StudyPrompt prompt, string text) =>
        !HasWord(pair.Question) || !HasWord(pair.Answer) ? StudyFault.Empty
        : pair.Question.Length > options.MaxQuestionLength || pair.Answer.Length > options.MaxAnswerLength ? StudyFault.TooLong
        : prompt.Extractive && !IsGrounded(pair, text) ? StudyFault.Ungrounded
        : pair.Confidence < options.MinConfidence ? StudyFault.Unsure
        : null;

    private void Keep(StudyPair pair, bool extractive)
    {
        (string, string) key = (pair.DocumentId, Normal(pair.Question));
        if (_ambiguous.Contains(key))
        {
            Drop(StudyFault.Conflicting);
            return;
        }

        if (!_pairs.TryGetValue(key, out StudyPair? known))
        {
            _pairs.Add(key, pair);
            return;
        }

        bool same = Normal(known.Answer) == Normal(pair.Answer);
        Drop(same ? StudyFault.Duplicate : StudyFault.Conflicting);
        if (!same && extractive && pair.Confidence == known.Confidence)
        {
            // Both stand in the text, and nothing says which is meant: the question has no one answer.
            _ambiguous.Add(key);
            _pairs.Remove(key);
            Drop(StudyFault.Conflicting);
            return;
        }

        if (pair.Confidence > known.Confidence)
        {
            _pairs[key] = pair;
        }
    }

    private void Drop(StudyFault fault) => _dropped[fault] = _dropped.GetValueOrDefault(fault) + 1;

    /// <summary>The tokens that wrote an answer, and the end token right behind it.</summary>
    private List<ReplyToken> AnswerTokens(ParsedPair pair, TeacherReply reply)
    {
        int end = pair.AnswerStart + pair.Answer.Length;
        var tokens = new List<ReplyToken>();
        for (int i = 0; pair.AnswerStart >= 0 && i < reply.Tokens.Count; i++)
        {
            // A token begins with the space before its word, so it may start before the answer does.
            int next = i + 1 < reply.Tokens.Count ? reply.Tokens[i + 1].Start : reply.Text.Length;
            bool ends = tokenizer.EndOfSequenceIds.Contains(reply.Tokens[i].Id);
            if ((!ends && next > pair.AnswerStart && reply.Tokens[i].Start < end)
                || (ends && tokens.Count > 0 && string.IsNullOrWhiteSpace(reply.Text[end..])))
            {
                tokens.Add(reply.Tokens[i]);
            }
        }

        return tokens;
    }

    // Punctuation alone is no answer, and would occur in any text.
    private static bool HasWord(string text) => text.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    private static bool IsGrounded(StudyPair pair, string text)
    {
        HashSet<string> words = [.. Words(text)];
        return HasWord(pair.Answer) && Words(pair.Answer).All(words.Contains)
            && Normal(text).Contains(Normal(pair.Answer), StringComparison.Ordinal)
            && Words(pair.Question, keepCase: true).Skip(1).Where(word => char.IsUpper(word[0]))
                .All(word => words.Contains(word.ToLowerInvariant()));
    }

    private static IEnumerable<string> Words(string text, bool keepCase = false) =>
        (keepCase ? text : text.ToLowerInvariant())
            .Split([.. text.Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A text by its words alone: what differs in case, marks and white space only is the same.</summary>
    private static string Normal(string text) => string.Join(' ', Words(text));
}
