using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;

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
        Description = $"What stands in front of a question: {string.Join(", ", EvaluationRows.ModeNames)}. May be repeated.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "MODE",
    };

    /// <summary>Gets the adapters.</summary>
    public Option<string[]> Adapters { get; } = new("--adapter")
    {
        Description = "Who reads: own (the adapter named as the question's group, which is the default), the name of one that "
            + "the model ships, a PEFT folder, none, or one for each group, with a name for the row "
            + "(other:ship=town,town=ship). May be repeated: mode lloco then makes a row for each, the raw-text modes read with "
            + "the first.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "DIR|NAME",
    };

    /// <summary>Gets the adapter of the raw-text modes.</summary>
    public Option<string?> RawAdapter { get; } = new("--raw-adapter")
    {
        Description = "Name of a loaded adapter that reads in the modes without summaries, such as one that was trained on "
            + "raw text; "
            + "the first of --adapter where it is left out.",
        HelpName = "NAME",
    };

    /// <summary>Gets the row that the others are compared with.</summary>
    public Option<string?> Against { get; } = new("--against")
    {
        Description = "One of the rows, such as truncate: the others' paired difference to it, with its 95 % interval, comes "
            + "last.",
        HelpName = "ROW",
    };

    /// <summary>Gets the numbers of other documents.</summary>
    public Option<int[]> Distractors { get; } = new("--distractors")
    {
        Description = "Other documents of the group in front of a question beside its own, where summaries are read; several "
            + "numbers "
            + "give a row each.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "N",
    };

    /// <summary>Gets the index.</summary>
    public Option<string?> Index { get; } = new("--index")
    {
        Description = "Index file, in which documents stay compressed; in memory where it is left out.", HelpName = "FILE",
    };

    /// <summary>Gets the length of answers.</summary>
    public Option<int?> MaxNewTokens { get; } = CommonArguments.AtLeast(1, new Option<int?>("--max-new-tokens")
    {
        Description = "Most tokens to generate; the data set's own where it is left out.",
    });

    /// <summary>Gets which prompt is used.</summary>
    public Option<string> Prompt { get; } = new("--prompt")
    {
        Description = "Whose prompt is used: the model's, the data set's, or (auto) the model's where it brings one.",
        DefaultValueFactory = _ => AutoPrompt,
    };

    /// <summary>Gets the results file.</summary>
    public Option<string?> Results { get; } = new("--results")
    {
        Description = "Keeps every answer with its scores in this file, JSON lines, at once. The same command goes on where the "
            + "last one stopped: what the file holds is not asked again.",
        HelpName = "FILE",
    };

    /// <summary>Gets the report's folder.</summary>
    public Option<string?> Report { get; } = new("--report")
    {
        Description = "Writes index.html, report.md and report.json to this folder, and the results file where none is named.",
        HelpName = "DIR",
    };

    /// <summary>Gets the metric of the report's charts.</summary>
    public Option<string?> Metric { get; } = new("--metric")
    {
        Description = "The metric of the report's charts; the first of the format where it is left out.",
    };

    /// <summary>Gets whether questions that do not fit are left out.</summary>
    public Option<bool> LeaveOut { get; } = new("--leave-out")
    {
        Description = "Leaves out and counts questions that do not fit the native window in any mode, as mode full does anyway; "
            + "otherwise the first one ends the run.",
    };

    /// <summary>Gets the file of predictions.</summary>
    public Option<string?> Predictions { get; } = new("--predictions")
    {
        Description = "Writes the answers to this file, one JSON object of question id to answer, which the evaluators of "
            + "the original and of SCROLLS read; with several rows or data sets their names go into the file's.",
        HelpName = "FILE",
    };

    /// <summary>Makes the rows that are asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="adapters">The adapters, by the names that the pipeline has for them.</param>
    /// <exception cref="ToolUsageException">A number of distractors is negative, or <c>--against</c> is none of the rows.</exception>
    public IReadOnlyList<EvaluationRow> Rows(ParseResult parsed, IReadOnlyList<string> adapters)
    {
        IReadOnlyList<EvaluationRow> rows = EvaluationRows.Create(
            parsed.GetValue(Modes)!, adapters, parsed.GetValue(RawAdapter), parsed.GetValue(Distractors) ?? []);
        if (rows.Any(row => row.Distractors < 0))
        {
            throw new ToolUsageException("--distractors must be at least 0.");
        }

        return parsed.GetValue(Against) is { } against && rows.All(row => row.Name != against)
            ? throw new ToolUsageException(
                $"--against must be one of the rows of this run: {string.Join(", ", rows.Select(row => row.Name))}.")
            : rows;
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
            Distractors,
        })
        {
            verb.Options.Add(option);
        }
    }
}
