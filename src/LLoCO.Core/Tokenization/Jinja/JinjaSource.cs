namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The text of a template and its name in messages.</summary>
internal sealed class JinjaSource
{
    /// <summary>The longest in use has 20,000 characters.</summary>
    private const int MaxLength = 1 << 20;

    private readonly string _name;

    /// <summary>Takes a template. Line ends become line feeds, and one at the very end is dropped, as in Jinja.</summary>
    /// <param name="name">Name in messages.</param>
    /// <param name="text">The template.</param>
    /// <exception cref="JinjaException">It is too long.</exception>
    public JinjaSource(string name, string text)
    {
        _name = name;
        Text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = Text.EndsWith('\n') ? Text[..^1] : Text;
        if (Text.Length > MaxLength)
        {
            throw new JinjaException($"'{name}' has {Text.Length} characters; templates have at most {MaxLength}.");
        }
    }

    /// <summary>Gets the text.</summary>
    public string Text { get; }

    /// <summary>Creates the refusal of something in the template.</summary>
    /// <param name="at">Where it stands.</param>
    /// <param name="fault">What is wrong with it.</param>
    public JinjaException Fault(int at, string fault)
    {
        int line = 1 + Text.AsSpan(0, at).Count('\n');
        int column = at - (at == 0 ? -1 : Text.LastIndexOf('\n', at - 1));
        return new JinjaException($"'{_name}', line {line}, column {column}: {fault}");
    }
}
