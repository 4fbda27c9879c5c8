namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>A place in the tokens of a template, for the parsers.</summary>
/// <param name="source">The template.</param>
internal sealed class JinjaTokens(JinjaSource source)
{
    private const int MaxDepth = 150;

    private readonly IReadOnlyList<JinjaToken> _tokens = JinjaLexer.Read(source);
    private int _place;
    private int _depth;

    /// <summary>Gets the token.</summary>
    public JinjaToken Current => _tokens[_place];

    /// <summary>Gets the token behind it.</summary>
    public JinjaToken Following => _tokens[Math.Min(_place + 1, _tokens.Count - 1)];

    /// <summary>Takes the token.</summary>
    public JinjaToken Take()
    {
        JinjaToken taken = Current;
        _place = Math.Min(_place + 1, _tokens.Count - 1);
        return taken;
    }

    /// <summary>Takes the token if it is a certain operator.</summary>
    public bool TakeOperator(string text) => Current.IsOperator(text) && Take().Kind == JinjaTokenKind.Operator;

    /// <summary>Takes the token if it is a certain name.</summary>
    public bool TakeName(string text) => Current.IsName(text) && Take().Kind == JinjaTokenKind.Name;

    /// <summary>Takes an operator that must be here.</summary>
    public void Expect(string text)
    {
        if (!TakeOperator(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    /// <summary>Takes a token that must be here.</summary>
    public JinjaToken Expect(JinjaTokenKind kind, string what) => Current.Kind == kind ? Take() : throw Unexpected(what);

    /// <summary>Creates the refusal of the token.</summary>
    public JinjaException Unexpected(string wanted) => source.Fault(Current.At, Current.Kind switch
    {
        JinjaTokenKind.End => $"the template ends where {wanted} is expected.",
        JinjaTokenKind.BlockEnd or JinjaTokenKind.VariableEnd => $"the tag ends where {wanted} is expected.",
        _ => $"'{Current.Text}' stands where {wanted} is expected.",
    });

    /// <summary>Creates a refusal.</summary>
    public JinjaException Fault(int at, string fault) => source.Fault(at, fault);

    /// <summary>Parses something that may hold more of its kind, to a limited depth.</summary>
    public T Nest<T>(Func<T> parse)
    {
        if (++_depth > MaxDepth)
        {
            throw source.Fault(Current.At, $"expressions and statements are nested more than {MaxDepth} deep.");
        }

        T parsed = parse();
        _depth--;
        return parsed;
    }
}
