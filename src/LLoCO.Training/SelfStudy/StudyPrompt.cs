using System.Globalization;

namespace LLoCO.Training.SelfStudy;

/// <summary>A seed prompt: instructions to a teacher about a stretch of text.</summary>
public sealed record StudyPrompt
{
    /// <summary>The mark that the stretch of text replaces.</summary>
    public const string ChunkMark = "{chunk}";

    /// <summary>The mark that the number of wanted pairs replaces; may be left out.</summary>
    public const string CountMark = "{count}";

    /// <summary>The mark that a name replaces, in prompts with a <see cref="Question"/>.</summary>
    public const string NameMark = "{name}";

    private const string Form =
        "\nWrite {count} questions with their answers, each pair on two lines:\nQuestion: …\nAnswer: …\n"
        + "Every question must be clear without the text at hand: name people, places and things in full.";

    /// <summary>Creates a seed prompt.</summary>
    /// <param name="name">Its name, for reports: <c>facts</c>.</param>
    /// <param name="text">The text with <see cref="ChunkMark"/> exactly once.</param>
    /// <exception cref="ArgumentException">The name is empty, or the mark is missing or occurs twice.</exception>
    public StudyPrompt(string name, string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split(ChunkMark).Length != 2)
        {
            throw new ArgumentException($"The seed prompt '{name}' must hold {ChunkMark} exactly once.", nameof(text));
        }

        Name = name;
        Text = text;
    }

    /// <summary>Gets the cue of models that were trained to go on behind it with one question and its answer, as the embedded
    /// one's adapter <c>teacher</c>: the text, a space, <c>Ask:</c>.</summary>
    public static StudyPrompt Cue { get; } = new("facts", ChunkMark + " Ask:") { GreedyAfter = "?", Extractive = true };

    /// <summary>Gets the prompt of <see cref="ClozeTeacher"/>: the text alone.</summary>
    public static StudyPrompt Cloze { get; } = new("cloze", ChunkMark) { Extractive = true };

    /// <summary>Gets seed prompts for teachers that follow instructions: facts, summary, structure, use. They follow the kinds of
    /// self-study (arXiv 2506.06266, section 4).</summary>
    public static IReadOnlyList<StudyPrompt> Instructed { get; } =
    [
        new(
            "facts",
            ChunkMark + "\n\nAsk about single facts of the text above: names, numbers, dates, places. Answer in a few words of "
            + "the text itself." + Form),
        new(
            "summary",
            ChunkMark + "\n\nAsk for summaries of the text above or of a part of it. Answer in one or two sentences." + Form),
        new(
            "structure",
            ChunkMark + "\n\nAsk how the text above is built: what comes first, what follows, which parts there are, where "
            + "something stands. Answer briefly." + Form),
        new(
            "use",
            ChunkMark + "\n\nAsk what somebody would ask who has to act on the text above: what follows from it, what to do, "
            + "what to look out for. Answer from the text alone, briefly." + Form),
    ];

    /// <summary>Gets the prompt's name.</summary>
    public string Name { get; }

    /// <summary>Gets the prompt's text.</summary>
    public string Text { get; }

    /// <summary>Gets the text behind which a local teacher writes the likeliest tokens.</summary>
    /// <value>Default <see langword="null"/>: none. With one pair per reply <c>?</c>: questions are drawn, answers are
    /// not.</value>
    public string? GreedyAfter { get; init; }

    /// <summary>Gets whether answers are words of the text, so that pairs can be checked against it: the answer must stand there,
    /// and so must every capitalised word of the question but its first.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Extractive { get; init; }

    /// <summary>Gets a question with <see cref="NameMark"/>, asked of every name in the text: the teacher then writes the
    /// answer only, behind a prompt with the same name.</summary>
    /// <value>Default <see langword="null"/>: the teacher writes questions.</value>
    /// <remarks>A name is two or more capitalised words in a row. The answer ends with its sentence. Teachers too small to
    /// write a question often know an answer: <c>{chunk} port of {name} :</c>.</remarks>
    public string? Question { get; init; }

    /// <summary>Inserts a text.</summary>
    /// <param name="chunk">The text; marks in it stay as they are.</param>
    /// <param name="count">How many pairs are wanted.</param>
    /// <param name="name">The name, in prompts with a <see cref="Question"/>.</param>
    /// <returns>The prompt.</returns>
    public string Format(string chunk, int count, string name = "")
    {
        ArgumentNullException.ThrowIfNull(chunk);
        string number = count.ToString(CultureInfo.InvariantCulture);
        int at = Text.IndexOf(ChunkMark, StringComparison.Ordinal);
        return string.Concat(
            Fill(Text[..at], number, name),
            chunk,
            Fill(Text[(at + ChunkMark.Length)..], number, name));
    }

    private static string Fill(string text, string number, string name) =>
        text.Replace(CountMark, number, StringComparison.Ordinal).Replace(NameMark, name, StringComparison.Ordinal);
}
