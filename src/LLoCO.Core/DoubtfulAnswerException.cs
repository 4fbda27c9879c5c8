using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>An answer is in doubt, and <see cref="DoubtPolicy.Refuse"/> gives none then.</summary>
public sealed class DoubtfulAnswerException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="doubts">The doubts; at least one.</param>
    internal DoubtfulAnswerException(IReadOnlyList<Doubt> doubts)
        : base($"The question is not answered, since the answer is in doubt: {Doubt.Join(doubts)} Train an adapter for such documents, "
            + "ask about their contents, or choose another DoubtPolicy (--doubt warn, --doubt expand).")
    {
    }
}
