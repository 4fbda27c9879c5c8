using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Training.Memories;

namespace LLoCO.Tool;

/// <summary>The options of <c>lloco eval</c> besides data sets and model.</summary>
internal sealed class EvalArguments
{
    /// <summary>As <see cref="Prompt"/>: the model's where it brings one, else the data set's.</summary>
    public const string AutoPrompt = "auto";

    /// <summary>As <see cref="Prompt"/>: the data set's.</summary>
    public const string DataSetPrompt = "dataset";

    /// <summary>Gets the modes.</summary>
    public Option<string[]> Modes { get; } = new("--mode")
    {
        Description = $"Context in front of a question: {string.Join(", ", EvaluationRows.ModeNames)}. May be repeated.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "MODE",
    };

    /// <summary>Gets the adapters.</summary>
    public Option<string[]> Adapters { get; } = new("--adapter")
    {
        Description = "Adapter: own (the one with the group's name; the default), the name of an adapter of the model, a PEFT folder, "
            + "none, or one for each group, with a name for the row (other:ship=town,town=DIR). May be repeated: mode lloco "
            + "has a row for each; the raw-text modes use the first.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "DIR|NAME",
    };

    /// <summary>Gets the adapter of the raw-text modes.</summary>
    public Option<string?> RawAdapter { get; } = new("--raw-adapter")
    {
        Description = "Name of a loaded adapter for the modes without summaries, such as one that was trained on raw text; "
            + "default: the first of --adapter.",
        HelpName = "NAME",
    };

    /// <summary>Gets the row that the others are compared with.</summary>
    public Option<string?> Against { get; } = new("--against")
    {
        Description = "Row to compare with, such as truncate: the paired differences of the other rows to it, with 95 % intervals, "
            + "are printed at the end.",
        HelpName = "ROW",
    };

    /// <summary>Gets the numbers of other documents.</summary>
    public Option<int[]> Distractors { get; } = new("--distractors")
    {
        Description = "Number of other documents of the group in the prefix, in the modes with summaries; each number gives a row.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "N",
    };

    /// <summary>Gets the index.</summary>
    public Option<string?> Index { get; } = new("--index")
    {
        Description = "Index file, or postgres://… address, in which documents stay compressed; default: in memory.",
        HelpName = IndexArguments.HelpName,
    };

    /// <summary>Gets the length of answers.</summary>
    public Option<int?> MaxNewTokens { get; } = CommonArguments.AtLeast(1, new Option<int?>("--max-new-tokens")
    {
        Description = "Maximum tokens to generate; default: the data set's.",
    });

    /// <summary>Gets which prompt is used.</summary>
    public Option<string> Prompt { get; } = new("--prompt")
    {
        Description = "Which prompt is used: the model's, the data set's, or (auto) the model's if it has one.",
        DefaultValueFactory = _ => AutoPrompt,
    };

    /// <summary>Gets the results file.</summary>
    public Option<string?> Results { get; } = new("--results")
    {
        Description = "Writes every answer with its scores to this file at once, as JSON lines. The same command continues an "
            + "interrupted run and repeats no question.",
        HelpName = "FILE",
    };

    /// <summary>Gets the report's folder.</summary>
    public Option<string?> Report { get; } = new("--report")
    {
        Description = "Writes index.html, report.md and report.json to this folder, and the results file unless --results is given.",
        HelpName = "DIR",
    };

    /// <summary>Gets the metric of the report's charts.</summary>
    public Option<string?> Metric { get; } = new("--metric")
    {
        Description = "Metric of the report's charts; default: the first one of the format.",
    };

    /// <summary>Gets whether questions that do not fit are left out.</summary>
    public Option<bool> LeaveOut { get; } = new("--leave-out")
    {
        Description = "Leaves out and counts questions that do not fit the native window, in every mode and not only in full; "
            + "otherwise the first one ends the run.",
    };

    /// <summary>Gets the file of predictions.</summary>
    public Option<string?> Predictions { get; } = new("--predictions")
    {
        Description = "Writes the answers to this file as one JSON object from question id to answer, for the evaluators of the original "
            + "and of SCROLLS. With several rows or data sets, their names are added to the file name.",
        HelpName = "FILE",
    };

    /// <summary>Gets the options of what documents are kept as.</summary>
    public MemoryArguments Memory { get; } = new();

    /// <summary>Gets the most slots that are read.</summary>
    public Option<int?> ReadSlots { get; } =
        CommonArguments.NumberOrNone("--read-slots", 1, "Most slots that are read of a document's key/value memory; default: all.");

    /// <summary>Gets where memories of several documents lie.</summary>
    public Option<MemoryPlaces> Places { get; } = new("--places")
    {
        Description = "Where the key/value memories of several documents lie: endtoend, sidebyside (each with its end before the question), "
            + "or auto: end to end while they take at most three quarters of the window.",
        HelpName = "auto|endtoend|sidebyside",
    };

    /// <summary>Creates the rows of the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="adapters">The adapters, by the names that the pipeline has for them.</param>
    /// <exception cref="ToolUsageException">A number of distractors is negative, or <c>--against</c> is none of the rows.</exception>
    public IReadOnlyList<EvaluationRow> Rows(ParseResult parsed, IReadOnlyList<string> adapters)
    {
        IReadOnlyList<EvaluationRow> rows = EvaluationRows.Create(
            parsed.GetValue(Modes)!, adapters, parsed.GetValue(RawAdapter), parsed.GetValue(Distractors) ?? []);
        EnsureRead(parsed, rows);
        parsed.EnsureNoneWithout(parsed.GetValue(Report) is not null, Report.Name, Metric);
        if (rows.Any(row => row.Distractors < 0))
        {
            throw new ToolUsageException("--distractors must be at least 0.");
        }

        return parsed.GetValue(Against) is { } against && rows.All(row => row.Name != against)
            ? throw new ToolUsageException(
                $"--against must be one of the rows of this run: {string.Join(", ", rows.Select(row => row.Name))}.")
            : rows;
    }

    /// <summary>Refuses options of rows that there are not.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void EnsureRead(ParseResult parsed, IReadOnlyList<EvaluationRow> rows)
    {
        parsed.EnsureNoneWithout(rows.Any(row => row.ReadsSummaries), "a --mode with summaries", Distractors, ReadSlots, Places);
        parsed.EnsureNoneWithout(rows.Any(row => !row.ReadsSummaries), "a --mode without summaries", RawAdapter);
        parsed.EnsureNoneWithout(rows.Any(row => row.Mode != EvaluationMode.Compressed), "a --mode besides compressed", Adapters);
    }

    /// <summary>Gets whether the data set's prompt is used rather than the model's.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, which may bring a prompt.</param>
    public bool UsesDataSetPrompt(ParseResult parsed, ModelPackage model)
    {
        string choice = parsed.GetValue(Prompt)!;
        return choice == DataSetPrompt
            || (choice == AutoPrompt && !File.Exists(Path.Combine(model.Folder, PromptSettings.FileName)));
    }

    /// <summary>Adds the options to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        Modes.AcceptOnlyFromAmong([.. EvaluationRows.ModeNames]);
        Prompt.AcceptOnlyFromAmong(AutoPrompt, "model", DataSetPrompt);
        foreach (Option option in new Option[]
        {
            Modes, Adapters, RawAdapter, Against, Index, MaxNewTokens, Prompt, Results, Report, Metric, LeaveOut, Predictions,
            Distractors, ReadSlots, Places,
        })
        {
            verb.Options.Add(option);
        }

        Memory.AddTo(verb);
    }
}
