namespace LLoCO.Core.Validation;

/// <summary>Names the call that sets an option, for the message about a value that cannot be.</summary>
/// <param name="call">The call, as a user writes it.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SetByAttribute(string call) : Attribute
{
    /// <summary>Gets the call.</summary>
    public string Call => call;
}
