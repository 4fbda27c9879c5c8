using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Evaluation.DataSets;

/// <summary>The data sets that can be read, by name.</summary>
public static class DataSetFormats
{
    /// <summary>Name of the data set that <see cref="BabiLong"/> composes.</summary>
    public const string BabiLongName = "babilong";

    private const int ShortAnswer = 50;
    private const int LongAnswer = 96;
    private const int SummaryAnswer = 512;

    private const string Question = PromptTemplate.QuestionMark;

    private static readonly AnswerScoring Words = AnswerScoring.Default;

    private static readonly AnswerScoring Summaries = new(
    [
        new RougeMetric(), new RougeMetric(RougeMeasure.Rouge1), new RougeMetric(RougeMeasure.Rouge2),
        new RougeMetric(RougeMeasure.RougeL), new TokenF1Metric(),
    ]);

    private static readonly PromptTemplate ShortPrompt = new(
        "Above is a text. Answer the question about it in one phrase or sentence, as short as possible.\n"
        + $"Question: {Question}\nAnswer:");

    private static readonly PromptTemplate PaperPrompt = new(
        "Above is a scientific article. Answer the question about it in one phrase or sentence, as short as possible. Write "
        + "'unanswerable' where the article does not say; answer a yes/no question with 'yes', 'no' or 'unanswerable'.\n"
        + $"Question: {Question}\nAnswer:");

    private static readonly PromptTemplate MeetingPrompt = new(
        $"Above is the transcript of a meeting. Respond to the query in one or more sentences.\nQuery: {Question}\nAnswer:");

    private static readonly PromptTemplate StoryPrompt = new(
        "Above is a story, a novel or a film script. Answer the question about it in one phrase, as short as possible.\n"
        + $"Question: {Question}\nAnswer:");

    private static readonly PromptTemplate ChoicePrompt = new(
        "Above is a story. A question with four possible answers follows, marked A, B, C and D. Choose the best one and write "
        + "its letter.\nExample:\nWhich planet is the largest?\n\nChoices:\nA. Mars\nB. Venus\nC. Jupiter\nD. Earth\n\n"
        + "Answer:\nC. Jupiter\n\n"
        + $"Question:\n{Question}\nAnswer:\n");

    private static readonly PromptTemplate SummaryPrompt = new($"Above is a text. {Question}\nAnswer:");

    /// <summary>Gets all formats that need only their files.</summary>
    public static IReadOnlyList<DataSetFormat> All { get; } =
    [
        new("jsonl", new JsonLinesReader(), null, new GenerationOptions().MaxNewTokens, Words),
        new("quality", new QualityReader(), ChoicePrompt, ShortAnswer, new([new ChoiceMetric(), .. Words.Metrics])),
        new("scrolls-qasper", new ScrollsReader("qasper"), PaperPrompt, ShortAnswer, Words),
        new("scrolls-narrativeqa", new ScrollsReader("nqa"), StoryPrompt, ShortAnswer, Words),
        new("scrolls-qmsum", new ScrollsReader("qmsum"), MeetingPrompt, LongAnswer, Summaries),
        new("qmsum", new QmsumReader(), MeetingPrompt, LongAnswer, Summaries),
        new("hotpotqa", new HotpotReader(), ShortPrompt, ShortAnswer, Words with { CutAtFullStop = true }),
        new("longbench", new LongBenchReader(), ShortPrompt, ShortAnswer, Words),
        new("longbench-summary", new LongBenchReader(), SummaryPrompt, SummaryAnswer, Summaries),
        new("squad", new SquadReader(), ShortPrompt, ShortAnswer, Words),
        new(
            "fairytaleqa", new FairytaleReader(), StoryPrompt, ShortAnswer,
            new([.. Words.Metrics, new RougeMetric(RougeMeasure.RougeL)])),
        new("babi", new BabiReader(), ShortPrompt, ShortAnswer, Words),
    ];

    /// <summary>Makes BABILong: bAbI files with their facts hidden in book text.</summary>
    /// <param name="haystack">The book text that hides them.</param>
    /// <returns>The data set.</returns>
    public static DataSetFormat BabiLong(BabiLongHaystack haystack)
    {
        ArgumentNullException.ThrowIfNull(haystack);
        return new DataSetFormat(BabiLongName, new BabiReader(haystack), ShortPrompt, ShortAnswer, Words);
    }

    /// <summary>Finds a format.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The format.</returns>
    /// <exception cref="LlocoException">The name is unknown.</exception>
    public static DataSetFormat ByName(string name) =>
        All.FirstOrDefault(format => format.Name == name)
        ?? throw new LlocoException(
            $"The format '{name}' is not known. Use one of {string.Join(", ", All.Select(format => format.Name))}.");
}
