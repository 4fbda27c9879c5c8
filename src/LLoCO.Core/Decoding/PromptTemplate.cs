using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Chat;

namespace LLoCO.Core.Decoding;

/// <summary>The text after the summary prefix: the place of the question and the text around it.</summary>
/// <remarks>
/// No BOS token is added, as in the original. Only the template's own <c>{question}</c> is replaced; the same text inside a
/// question stays unchanged.
/// </remarks>
public sealed record PromptTemplate
{
    /// <summary>The mark that the question replaces.</summary>
    public const string QuestionMark = "{question}";

    private readonly string _before;
    private readonly string _after;

    /// <summary>Creates a template.</summary>
    /// <param name="text">The text with exactly one <see cref="QuestionMark"/>.</param>
    /// <exception cref="ArgumentException">The mark is missing or occurs twice.</exception>
    public PromptTemplate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Fault(text) is { } fault)
        {
            throw new ArgumentException(fault, nameof(text));
        }

        int at = text.IndexOf(QuestionMark, StringComparison.Ordinal);
        Text = text;
        _before = text[..at];
        _after = text[(at + QuestionMark.Length)..];
    }

    /// <summary>Gets the template for a model without its own: instruction, question, <c>Answer:</c>, the original's
    /// order.</summary>
    public static PromptTemplate Default { get; } =
        new("Answer the question from the text above.\nQuestion: " + QuestionMark + "\nAnswer:");

    /// <summary>Gets the template's text.</summary>
    public string Text { get; }

    /// <summary>Gets what the model's chat template writes around the prompt, which are then a user's words;
    /// <see langword="null"/> for a prompt that stands alone.</summary>
    internal ChatTurn? Turn { get; init; }

    /// <summary>Inserts a question.</summary>
    /// <param name="question">The question, as the user wrote it.</param>
    /// <returns>The prompt.</returns>
    public string Format(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return string.Concat(_before, question, _after);
    }

    /// <summary>Encodes the prompt of a question.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="question">The question, as the user wrote it.</param>
    /// <param name="begins">Whether nothing stands before the prompt: a chat template's BOS is then left where it is.</param>
    internal EncodedPrompt Encode(ITokenizer tokenizer, string question, bool begins = false) =>
        Turn?.Encode((IPromptTokenizer)tokenizer, Format(question), begins)
        ?? new EncodedPrompt(tokenizer.Encode(Format(question)));

    /// <summary>Encodes what stands before raw text: the beginning of the chat template's turn, if there is one.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    internal IReadOnlyList<int> EncodeHead(ITokenizer tokenizer) => Encode(tokenizer, string.Empty, begins: true).Head;

    /// <summary>Checks a template.</summary>
    /// <param name="text">The template.</param>
    /// <returns>The fault, or <see langword="null"/>.</returns>
    internal static string? Fault(string text)
    {
        int first = text.IndexOf(QuestionMark, StringComparison.Ordinal);
        return first < 0 || text.IndexOf(QuestionMark, first + 1, StringComparison.Ordinal) >= 0
            ? $"The prompt template '{text}' must hold {QuestionMark} exactly once."
            : null;
    }
}
