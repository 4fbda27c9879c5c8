using System.Text.RegularExpressions;

namespace LLoCO.Tool;

/// <summary>Says messages of the library in the words of the command: options in place of methods and properties.</summary>
internal static partial class CommandWords
{
    private static readonly (string Library, string Command)[] Phrases =
    [
        (" Add it with AddAdapter.", " Name its folder: --adapter DIR."),
        (" or add it with AddAdapter", " or name its folder: --adapter DIR"),
        (" Call UseModel or UseCheckpoint, or bring tokenizer, compressor and decoder (UseTokenizer, UseCompressor, UseDecoder).", " Name one: --model FOLDER."),
        ("SourceDocument.Replaces, --replace", "--replace"),
        ("(UseChatTemplate)", "(--template)"),
        ("(UseFidelity)", "(--fidelity)"),
        ("(UseIndex)", "(--index)"),
        ("(UseDoubtPolicy)", "(--doubt)"),
    ];

    /// <summary>Translates a message.</summary>
    /// <param name="message">What the library says.</param>
    public static string Translate(string message)
    {
        foreach ((string library, string command) in Phrases)
        {
            message = message.Replace(library, command, StringComparison.Ordinal);
        }

        return Member().Replace(message, string.Empty);
    }

    [GeneratedRegex(@" \((?:(?:Use|Add)[A-Z]\w+|[A-Z]\w+\.[A-Z]\w+)(?:(?:, | or | with )(?:(?:Use|Add|Merge)[A-Z]\w+|[A-Z]\w+\.[A-Z]\w+))*\)")]
    private static partial Regex Member();
}
