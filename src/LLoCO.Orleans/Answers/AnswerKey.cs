namespace LLoCO.Orleans.Answers;

/// <summary>Keys of grains that answer: the adapter, a line break, the documents.</summary>
internal static class AnswerKey
{
    // Orleans refuses blank keys, and there may be neither adapter nor document.
    private const string Mark = "adapter ";
    private const char Break = '\n';

    /// <summary>Makes a key.</summary>
    /// <param name="adapter">The adapter that reads.</param>
    /// <param name="documents">What it reads, in order.</param>
    public static string Make(string adapter, IReadOnlyList<string> documents) =>
        Mark + adapter + Break + string.Join(Break, documents);

    /// <summary>Finds the adapter of a key.</summary>
    /// <param name="key">The key.</param>
    public static string AdapterOf(string key) => key.Split(Break)[0][Mark.Length..];
}
