using System.CommandLine;
using LLoCO.Evaluation.Planning;

namespace LLoCO.Tool.Verbs;

/// <summary>The arguments of <c>lloco plan</c> that describe the work.</summary>
internal sealed class PlanArguments
{
    private readonly Option<int> _documents =
        CommonArguments.Number("--documents", 1, 1, "Documents; one adapter reads them all.");

    private readonly Option<int> _questions =
        CommonArguments.Number("--questions", 1, 100, "Questions expected, over all documents.");

    private readonly Option<int> _question =
        CommonArguments.Number("--question-tokens", 1, 64, "Tokens of a question with its prompt.");

    private readonly Option<int> _answer = CommonArguments.Number("--answer-tokens", 1, 32, "Tokens of an answer.");

    private readonly Option<int> _retrieved = CommonArguments.Number(
        "--retrieved-tokens", 1, 2048, "Raw tokens that retrieval puts in front of a question.");

    private readonly Option<int?> _segment = CommonArguments.NumberOrNone(
        "--segment-tokens", 1, "Tokens of a segment; default: the model's segment length.");

    private readonly Option<int> _pairs = CommonArguments.AtLeast(
        0, new Option<int>("--pairs") { Description = "Question/answer pairs that the adapter is trained on." });

    private readonly Option<int> _epochs =
        CommonArguments.Number("--epochs", 1, 3, "How often training goes over the pairs.");

    /// <summary>Gets the length of a document.</summary>
    public Option<int?> Tokens { get; } = CommonArguments.NumberOrNone("--tokens", 1, "Tokens of a document.");

    /// <summary>Gets the options besides the length of a document.</summary>
    public IReadOnlyList<Option> Work => [_documents, _questions, _question, _answer, _retrieved, _segment, _pairs, _epochs];

    /// <summary>Adds the arguments to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in Work.Append(Tokens))
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Reads the work.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException"><c>--tokens</c> is missing.</exception>
    public PlanWorkload Read(ParseResult parsed)
    {
        parsed.EnsureNoneWithout(parsed.GetValue(_pairs) > 0, _pairs.Name, _epochs);
        return new PlanWorkload
        {
            DocumentTokens = parsed.GetValue(Tokens) ?? throw new ToolUsageException("--tokens is missing."),
            Documents = parsed.GetValue(_documents),
            Questions = parsed.GetValue(_questions),
            QuestionTokens = parsed.GetValue(_question),
            AnswerTokens = parsed.GetValue(_answer),
            RetrievedTokens = parsed.GetValue(_retrieved),
            SegmentTokens = parsed.GetValue(_segment),
            TrainingPairs = parsed.GetValue(_pairs),
            TrainingEpochs = parsed.GetValue(_epochs),
        };
    }
}
