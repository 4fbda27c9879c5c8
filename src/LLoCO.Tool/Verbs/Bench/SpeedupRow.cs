using System.Globalization;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>One row of <c>lloco bench speedup</c>: the same question after the whole context and after its summary.</summary>
/// <param name="Name">The measurement and its length.</param>
/// <param name="FullSeconds">Behind the raw context; the median.</param>
/// <param name="LlocoSeconds">Behind the summary, its keys and values from the prefix cache; the median.</param>
/// <param name="Note">A remark for the reader.</param>
internal sealed record SpeedupRow(string Name, double FullSeconds, double LlocoSeconds, string Note)
{
    /// <summary>Gets how many times faster the summary is.</summary>
    public double Ratio => FullSeconds / LlocoSeconds;

    /// <summary>Gets the seconds of a document's first question, which computes the prefix keys and values;
    /// <see langword="null"/> where
    /// they make no difference.</summary>
    public double? FirstQuestionSeconds { get; init; }

    /// <summary>Gets how many times faster the first question is.</summary>
    public double? FirstQuestionRatio => FullSeconds / FirstQuestionSeconds;

    /// <summary>Gets the seconds of a document's first question in a process that finds the prefix keys and values prepared in a
    /// folder
    /// (files in the page cache); <see langword="null"/> where they make no difference.</summary>
    public double? PreparedFirstSeconds { get; init; }

    /// <summary>Gets how many times faster such a first question is.</summary>
    public double? PreparedFirstRatio => FullSeconds / PreparedFirstSeconds;

    /// <summary>Gets the shape.</summary>
    public required string Shape { get; init; }

    /// <summary>Gets the tokens of the context.</summary>
    public required int Context { get; init; }

    /// <summary>Gets the summary vectors that stand for them.</summary>
    public required int Vectors { get; init; }

    /// <summary>Gets how often each way was measured: the whole context, and the summary.</summary>
    public required IReadOnlyList<int> Repetitions { get; init; }

    /// <summary>Gets bytes of keys and values of the context: raw, and summary.</summary>
    public required IReadOnlyList<long> CacheBytes { get; init; }

    /// <summary>Describes the row for a person.</summary>
    public string Describe()
    {
        string first = Part("first question", FirstQuestionSeconds) + Part("first, prepared", PreparedFirstSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Name,-11} {Shape,-5} full {FullSeconds,9:F4} s   lloco {LlocoSeconds,8:F4} s   {Ratio,7:F1}x{first}   ({Note})");
    }

    private string Part(string what, double? time) => time is { } seconds
        ? string.Create(CultureInfo.InvariantCulture, $"   {what} {seconds,8:F4} s {FullSeconds / seconds,6:F1}x")
        : string.Empty;
}
