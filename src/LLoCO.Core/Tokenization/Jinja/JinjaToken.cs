namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The kinds of tokens of a template.</summary>
internal enum JinjaTokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    /// <summary>The start of an expression to print.</summary>
    VariableBegin,

    /// <summary>The end of an expression to print.</summary>
    VariableEnd,

    /// <summary>The start of a statement.</summary>
    BlockBegin,

    /// <summary>The end of a statement.</summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string, without its quotes and with its escapes replaced.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Float,

    /// <summary>An operator, bracket or comma.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A token of a template.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its text.</param>
/// <param name="At">Where it begins.</param>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int At)
{
    /// <summary>Whether it is a certain operator.</summary>
    public bool IsOperator(string text) => Kind == JinjaTokenKind.Operator && Text == text;

    /// <summary>Whether it is a certain name.</summary>
    public bool IsName(string text) => Kind == JinjaTokenKind.Name && Text == text;
}
