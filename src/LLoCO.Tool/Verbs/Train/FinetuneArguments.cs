using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options of <c>lloco finetune</c> for data and training.</summary>
internal sealed class FinetuneArguments
{
    private readonly TrainingArguments _flags = new();
    private readonly Option<int?> _rank = TrainingArguments.Count("--rank", "Rank of the adapter.");
    private readonly Option<double?> _alpha = new("--alpha") { Description = "Alpha of the adapter." };
    private readonly Option<double?> _dropout = new("--dropout") { Description = "Share of inputs that a step drops." };
    private readonly Option<LoraTarget[]> _targets = new("--targets")
    {
        Description = "Layers that are adapted.", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int?> _perPrefix =
        TrainingArguments.Count("--questions-per-prefix", "Questions that share one copy of their document's prefix.");

    private readonly Option<int?> _distractors = CommonArguments.AtLeast(0, new Option<int?>("--distractors")
    {
        Description = "Maximum number of other documents added to a question's own, drawn anew in each epoch.", HelpName = "N",
    });

    private readonly Option<string?> _from = new("--from") { Description = "PEFT folder to start from.", HelpName = "DIR" };

    /// <summary>Gets whether the base is trained instead of an adapter.</summary>
    public Option<bool> Base { get; } = new("--base")
    {
        Description = "Trains all weights of the model instead of an adapter, on the documents' text and their questions: --out becomes a model "
            + "folder, and --index is made by it.",
    };

    /// <summary>Gets the options of learning without labels.</summary>
    public SelfStudyArguments Study { get; } = new();

    /// <summary>Gets the questions file.</summary>
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "Question file (JSON lines: id, group, document or document_path, question, answers).",
        HelpName = "FILE",
    };

    /// <summary>Gets the file of validation questions.</summary>
    public Option<string?> Validation { get; } = new("--validation")
    {
        Description = "Question file for validation; default: a part of --data.", HelpName = "FILE",
    };

    /// <summary>Gets the share of questions that is held out.</summary>
    public Option<double> HoldOut { get; } = new("--hold-out")
    {
        Description = "Share of the questions that is held out for validation, if there is no --validation.",
        DefaultValueFactory = _ => 0.1,
    };

    /// <summary>Gets the metric of generated answers.</summary>
    public Option<string?> Metric { get; } = new("--metric")
    {
        Description = "Also generates answers to held-out questions and judges them: "
            + string.Join(", ", AnswerMetrics.All.Select(metric => metric.Name)) + ".",
    };

    /// <summary>Gets the most questions for the metric.</summary>
    public Option<int> MetricQuestions { get; } = CommonArguments.Number(
        "--metric-questions", 1, 50, "Most questions that the metric generates answers to.");

    /// <summary>Gets the most questions that are asked when the training has ended.</summary>
    public Option<int> Check { get; } = CommonArguments.Number(
        "--check", 0, 40,
        "Most held-out questions that are asked after training, with the adapter, from raw text, and by guessing; 0: none.");

    /// <summary>Gets whether raw text is read.</summary>
    public Option<bool> Raw { get; } = new("--raw")
    {
        Description = "Reads the documents' raw text instead of their summary embeddings: the baseline.",
    };

    /// <summary>Gets all options.</summary>
    public IEnumerable<Option> All => [.. Own, Study.SelfStudy, .. Study.All, .. _flags.All];

    /// <summary>Gets the options that an estimate of the training's cost reads.</summary>
    public IReadOnlyList<Option> Estimated => [_perPrefix, _flags.Epochs];

    private IReadOnlyList<Option> Own =>
    [
        Data, Validation, HoldOut, Metric, MetricQuestions, Check, Raw, Base, _rank, _alpha, _dropout, _targets, _perPrefix, _distractors, _from,
    ];

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed)
    {
        bool studies = parsed.GetValue(Study.SelfStudy);
        bool validates = parsed.GetValue(Validation) is not null;
        parsed.EnsureNoneBeside(validates, Validation.Name, HoldOut);
        Option[] checks = parsed.GetValue(Check) > 0 ? [Check] : [];
        parsed.EnsureNoneWithout(
            validates || parsed.GetValue(HoldOut) != 0, $"questions that are held out ({HoldOut.Name} above 0, or {Validation.Name})",
            [Metric, .. checks, .. _flags.Validating(parsed)]);
        parsed.EnsureNoneWithout(parsed.GetValue(Metric) is not null, Metric.Name, MetricQuestions);
        parsed.EnsureNoneBeside(
            parsed.GetValue(Base), Base.Name,
            Study.SelfStudy, Raw, Metric, _rank, _alpha, _dropout, _targets, _perPrefix, _distractors, _from);
        parsed.EnsureNoneBeside(studies, Study.SelfStudy.Name, checks);
        parsed.EnsureNoneWithout(studies, Study.SelfStudy.Name, Study.All);
        parsed.EnsureNoneBeside(parsed.GetValue(_from) is not null, $"{_from.Name}, whose adapter has its own", _rank, _alpha, _targets);
        Study.Ensure(parsed);
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in Own)
        {
            verb.Options.Add(option);
        }

        Study.AddTo(verb);
        _flags.AddTo(verb);
    }

    /// <summary>The options of training the base: the given ones, otherwise those that the model recommends.</summary>
    public CompressorTrainingOptions ReadBase(ParseResult parsed, ModelPackage model) =>
        _flags.Apply(parsed, ModelTrainingDefaults.ReadBase(model.Folder));

    /// <summary>The training options: the given ones, otherwise those that the model recommends.</summary>
    public AdapterTrainingOptions Read(ParseResult parsed, ModelPackage model)
    {
        AdapterTrainingOptions own = _flags.Apply(parsed, ModelTrainingDefaults.Read(model.Folder));
        return own with
        {
            Rank = parsed.GetValue(_rank) ?? own.Rank,
            Alpha = parsed.GetValue(_alpha) ?? own.Alpha,
            Dropout = parsed.GetValue(_dropout) ?? own.Dropout,
            Targets = parsed.GetValue(_targets) is { Length: > 0 } targets ? targets : own.Targets,
            QuestionsPerPrefix = parsed.GetValue(_perPrefix) ?? own.QuestionsPerPrefix,
            Distractors = parsed.GetValue(_distractors) ?? own.Distractors,
            StartFrom = parsed.GetValue(_from),
        };
    }
}
