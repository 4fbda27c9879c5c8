using LLoCO.Core;

namespace LLoCO.Evaluation.Needles;

/// <summary>A sentence to hide, and the question that only it answers.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">Its answer.</param>
public sealed record Needle(string Text, string Question, string Answer);

/// <summary>Gives needles. What training gets and what is tested share no needle.</summary>
public interface INeedleSource
{
    /// <summary>Gets needles for a document; no two documents of a share have one in common.</summary>
    /// <param name="document">The document's number, from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="training">Whether they are to be learned from rather than tested with.</param>
    /// <returns>The needles; the same on every call.</returns>
    /// <exception cref="LlocoException">There are not that many.</exception>
    IReadOnlyList<Needle> Take(int document, int count, bool training);
}
