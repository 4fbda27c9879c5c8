using LLoCO.Core.Tokenization.Jinja;

namespace LLoCO.Core.Tokenization.Chat;

/// <summary>The chat template of an instruction model, with the names of tokens that it asks for.</summary>
internal sealed class ChatTemplate
{
    private readonly JinjaTemplate _template;
    private readonly IReadOnlyDictionary<string, string> _tokens;

    /// <summary>Reads a template.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="text">The template.</param>
    /// <param name="tokens">Names of tokens, such as <c>bos_token</c>, to what they are written as.</param>
    /// <exception cref="LlocoException">It is broken, or holds what is not supported; the message names it.</exception>
    public ChatTemplate(string file, string text, IReadOnlyDictionary<string, string> tokens)
    {
        File = file;
        _tokens = tokens;
        _template = JinjaTemplate.Parse(file, text);
    }

    /// <summary>Gets the file that it is from.</summary>
    public string File { get; }

    /// <summary>Gets what begins a text; empty where that is not known.</summary>
    public string Begin => _tokens.GetValueOrDefault("bos_token", string.Empty);

    /// <summary>Renders a conversation as transformers does.</summary>
    /// <param name="messages">The messages: mappings with <c>role</c> and <c>content</c>.</param>
    /// <param name="asksForAnswer">Whether the start of an answer is added (<c>add_generation_prompt</c>).</param>
    /// <param name="extra">More that the template may ask for, such as <c>enable_thinking</c>.</param>
    /// <param name="clock">Tells the date; the system's with <see langword="null"/>.</param>
    /// <exception cref="LlocoException">The template refuses the conversation, or takes too long.</exception>
    public string Render(
        IEnumerable<object?> messages, bool asksForAnswer, JinjaMap? extra = null, TimeProvider? clock = null)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { ["tools"] = null, ["documents"] = null };
        foreach ((string name, string token) in _tokens)
        {
            values[name] = token;
        }

        foreach ((string name, object? value) in extra ?? [])
        {
            values[name] = value;
        }

        values["messages"] = messages.ToList();
        values["add_generation_prompt"] = asksForAnswer;
        return _template.Render(values, clock);
    }

    /// <summary>Finds out what the template writes around a user's words, and behind an answer.</summary>
    /// <param name="clock">Tells the date; the system's with <see langword="null"/>.</param>
    /// <exception cref="LlocoException">It does not write a user's words once as they are.</exception>
    public ChatTurn FindTurn(TimeProvider? clock = null)
    {
        const string Mark = "\uE0AAuser\uE0AB";
        const string AnswerMark = "\uE0AAanswer\uE0AB";

        // A model that can think aloud first would spend the whole of a short answer on it.
        var extra = new JinjaMap { ["enable_thinking"] = false };
        (string head, string tail) = Around(Render([Message("user", Mark)], asksForAnswer: true, extra, clock), Mark);
        (string spaced, string after) =
            Around(Render([Message("user", " " + Mark + " ")], asksForAnswer: true, extra, clock), Mark);
        if ((spaced != head && spaced != head + " ") || (after != tail && after != " " + tail))
        {
            throw new LlocoException($"'{File}' changes what stands around a user's words with their white space, which is not "
                + "supported.");
        }

        return new ChatTurn(head, tail, spaced == head, after == tail)
        {
            Begin = Begin.Length > 0 && head.StartsWith(Begin, StringComparison.Ordinal) ? Begin : string.Empty,
            BehindAnswer = BehindAnswer(Mark, AnswerMark, extra, clock),
        };
    }

    private (string Head, string Tail) Around(string text, string mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at >= 0 && text.IndexOf(mark, at + 1, StringComparison.Ordinal) < 0
            ? (text[..at], text[(at + mark.Length)..])
            : throw new LlocoException($"'{File}' does not write a user's words exactly once, which is needed.");
    }

    private string BehindAnswer(string mark, string answer, JinjaMap extra, TimeProvider? clock)
    {
        try
        {
            string text = Render(
                [Message("user", mark), Message("assistant", answer), Message("user", mark)], asksForAnswer: false, extra, clock);
            int at = text.IndexOf(answer, StringComparison.Ordinal);
            return at < 0 ? string.Empty : text[(at + answer.Length)..];
        }
        catch (JinjaException)
        {
            // Some templates take one question only.
            return string.Empty;
        }
    }

    private static JinjaMap Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
