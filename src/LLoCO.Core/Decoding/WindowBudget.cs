namespace LLoCO.Core.Decoding;

/// <summary>
/// Divides the positions of the model's native window among the parts of a request. Only this type decides what fits, which part
/// gives way, and the message of a refusal.
/// </summary>
/// <remarks>
/// Prompt and answer never give way. Optional raw passages are added as long as there is room. Raw text of a baseline is
/// truncated. Documents are left out from the lowest rank upwards if the policy allows it
/// (<see cref="WindowPolicy.FewerDocuments"/>). If a required part does not fit, the result is a
/// <see cref="WindowExceededException"/>.
/// </remarks>
/// <param name="Window">Positions of the native window.</param>
public readonly record struct WindowBudget(int Window)
{
    /// <summary>Gets the positions of the summary embeddings in front.</summary>
    public long Prefix { get; init; }

    /// <summary>Gets the positions of raw text between the summary embeddings and the prompt.</summary>
    public long RawText { get; init; }

    /// <summary>Gets the positions of the prompt: template and question.</summary>
    public long Prompt { get; init; }

    /// <summary>Gets the positions kept for the answer.</summary>
    public long Answer { get; init; }

    /// <summary>Gets the positions of all parts together.</summary>
    public long Required => Prefix + RawText + Prompt + Answer;

    /// <summary>Gets the positions that are left; negative if the parts do not fit.</summary>
    public int Room => (int)Math.Clamp(Window - Required, int.MinValue, int.MaxValue);

    /// <summary>Gets whether it fits.</summary>
    public bool Fits => Required <= Window;

    /// <summary>Starts with the minimum of a question: one token of a prompt and one of an answer. A document that does not fit
    /// with them can never be asked about.</summary>
    /// <param name="window">Positions of the native window.</param>
    /// <returns>The budget.</returns>
    internal static WindowBudget ForAnyQuestion(int window) => new(window) { Prompt = 1, Answer = 1 };

    /// <summary>Counts the summary embeddings that a part of a long document may have, so that there is room for a question, its
    /// answer and some raw text.</summary>
    /// <param name="window">Positions of the native window.</param>
    /// <param name="frame">Positions around the embeddings of a document.</param>
    internal static int CountForPart(int window, int frame) => window - (window / 4) - frame;

    /// <summary>Throws if the parts do not fit.</summary>
    /// <returns>The same budget.</returns>
    /// <exception cref="WindowExceededException">It does not fit.</exception>
    public WindowBudget EnsureFits() => Fits ? this : throw new WindowExceededException(this);

    /// <summary>Counts how many ranked documents fit the window with the other parts.</summary>
    /// <param name="documents">Summary embeddings of each document, the best first.</param>
    /// <param name="policy">Whether the lowest ranked ones may be left out.</param>
    /// <returns>The number of documents from the first; all of them where they fit.</returns>
    /// <exception cref="WindowExceededException">They do not fit and none may be left out, or not even one fits.</exception>
    internal int CountDocuments(IReadOnlyList<int> documents, WindowPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(documents);
        int count = documents.Count;
        WindowBudget all = this with { Prefix = Prefix + documents.Sum(one => (long)one) };
        while (!all.Fits && count > 1 && policy == WindowPolicy.FewerDocuments)
        {
            count--;
            all = all with { Prefix = all.Prefix - documents[count] };
        }

        all.EnsureFits();
        return count;
    }

    /// <summary>Describes the positions of each part, as the end of a sentence that names the subject.</summary>
    /// <returns>For example: <c>needs 75 positions (10 summary embeddings, 57 prompt tokens, 8 new tokens); the native window has
    /// 74: 1 too many.</c></returns>
    public string Explain()
    {
        string raw = RawText == 0 ? string.Empty : $"{RawText} tokens of raw text, ";
        string verdict = Fits ? "it fits." : $"{Required - Window} too many.";
        return $"needs {Required} positions ({Prefix} summary embeddings, {raw}{Prompt} prompt tokens, {Answer} new tokens); the "
            + $"native window has {Window}: {verdict}";
    }
}
