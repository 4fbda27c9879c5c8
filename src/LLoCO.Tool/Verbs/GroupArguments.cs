using System.CommandLine;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool.Verbs;

/// <summary>The options of <c>lloco group</c>.</summary>
internal sealed class GroupArguments
{
    private static readonly GroupingOptions Defaults = new();

    private readonly Option<GroupingEvidence> _by = new("--by")
    {
        Description = "What is compared: the words of documents, or the mean of their passages' dense vectors.",
        HelpName = "words|embeddings",
    };

    private readonly Option<int?> _groups = CommonArguments.NumberOrNone(
        "--groups", 1, "Number of groups; default: as many as are furthest apart.");

    private readonly Option<int> _most = CommonArguments.Number(
        "--max-groups", 1, Defaults.MaxGroups, "Most groups, if their number is not given.");

    private readonly Option<int> _least = CommonArguments.Number(
        "--min-documents", 2, Defaults.MinDocuments, "Fewest documents of a group; fewer are unsure.");

    private readonly Option<double> _deviations = new("--deviations")
    {
        Description = "Standard deviations below a group's own documents that a document may be, where the usual limit is stricter.",
        DefaultValueFactory = _ => Defaults.Deviations,
    };

    private readonly Option<int> _question =
        CommonArguments.Number("--question-tokens", 1, 64, "Tokens of a question with its prompt.");

    private readonly Option<int> _answer = CommonArguments.Number("--answer-tokens", 1, 32, "Tokens of an answer.");

    /// <summary>Gets whether documents are moved.</summary>
    public Option<bool> Apply { get; } = new("--apply") { Description = "Moves the documents; without it the plan is only shown." };

    /// <summary>Gets whether adapters are trained.</summary>
    public Option<bool> Train { get; } = new("--train")
    {
        Description = "Trains an adapter for each group, from --data or by --self-study; needs --apply and --out.",
    };

    /// <summary>Gets the folder of adapters.</summary>
    public Option<string?> Out { get; } = new("--out")
    {
        Description = "Folder of the adapters, each in a folder named as its group; an interrupted run in it is continued.",
        HelpName = "DIR",
    };

    /// <summary>Gets the questions expected.</summary>
    public Option<int?> Questions { get; } = CommonArguments.NumberOrNone(
        "--questions", 1, "Questions expected in all: also estimates which adapters pay.");

    /// <summary>Gets the pairs of a document.</summary>
    public Option<int> Pairs { get; } = CommonArguments.Number(
        "--pairs", 1, 20, "Question/answer pairs of a document that an adapter would learn from.");

    /// <summary>Gets the figures of the machine.</summary>
    public PlanDeviceArguments Device { get; } = new();

    /// <summary>Gets the options of training.</summary>
    public FinetuneArguments Finetune { get; } = new();

    /// <summary>Adds the options to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[]
        {
            _by, _groups, _most, _least, _deviations, Apply, Train, Out, Questions, Pairs, _question, _answer,
        })
        {
            verb.Options.Add(option);
        }

        Device.AddTo(verb);
        Finetune.AddTo(verb);
    }

    /// <summary>Reads how to group.</summary>
    /// <param name="parsed">The command line.</param>
    public GroupingOptions Read(ParseResult parsed) => new()
    {
        Evidence = parsed.GetValue(_by),
        Groups = parsed.GetValue(_groups),
        MaxGroups = parsed.GetValue(_most),
        MinDocuments = parsed.GetValue(_least),
        Deviations = parsed.GetValue(_deviations),
    };

    /// <summary>Reads what is expected of adapters.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="questions">Questions expected in all.</param>
    /// <param name="epochs">Epochs of training.</param>
    public PlanWorkload Workload(ParseResult parsed, int questions, int epochs) => new()
    {
        DocumentTokens = 1,
        Questions = questions,
        QuestionTokens = parsed.GetValue(_question),
        AnswerTokens = parsed.GetValue(_answer),
        TrainingEpochs = epochs,
    };

    /// <summary>Refuses options that do not go together.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="threads">The option of threads.</param>
    /// <exception cref="ToolUsageException">Some do not, or would do nothing.</exception>
    public void Ensure(ParseResult parsed, Option threads)
    {
        bool trains = parsed.GetValue(Train);
        bool estimates = parsed.Has(Questions);
        parsed.EnsureNoneBeside(parsed.Has(_groups), _groups.Name, _most);
        parsed.EnsureNoneWithout(estimates, Questions.Name, [Pairs, _question, _answer, .. Device.All]);
        parsed.EnsureNoneWithout(trains || estimates, $"{Train.Name} or {Questions.Name}", [threads, .. Finetune.Estimated]);
        if (trains != parsed.GetValue(Out) is not null || (trains && !parsed.GetValue(Apply)))
        {
            throw new ToolUsageException("--train and --out go together, with --apply: adapters are trained for groups that are there.");
        }

        if (trains && parsed.GetValue(Finetune.Data) is null == !parsed.GetValue(Finetune.Study.SelfStudy))
        {
            throw new ToolUsageException("--train needs either --data, questions about the documents, or --self-study.");
        }

        parsed.EnsureNoneWithout(trains, Train.Name, Finetune.All.Except(Finetune.Estimated));
        Finetune.Ensure(parsed);
    }
}
