using System.CommandLine;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;

namespace LLoCO.Tool.Verbs;

/// <summary>The arguments of <c>lloco calibrate</c> besides data sets and model.</summary>
internal sealed class CalibrateArguments
{
    /// <summary>Gets the mode.</summary>
    public Option<EvaluationMode> Mode { get; } = new("--mode")
    {
        Description = $"What stands in front of a question: {string.Join(", ", Enum.GetNames<EvaluationMode>())}. Each has a "
            + "calibration of its own.",
        HelpName = "MODE",
        DefaultValueFactory = _ => EvaluationMode.Lloco,
    };

    /// <summary>Gets the folder that keeps the calibration.</summary>
    public Option<string?> Output { get; } = new("--out")
    {
        Description = $"Model folder, or one adapter's, into which {CalibrationFile.FileName} is written; only a report "
            + "where it is left out.",
        HelpName = "FOLDER",
    };

    /// <summary>Gets the kind of map.</summary>
    public Option<CalibrationMethod> Method { get; } = new("--method") { Description = "Kind of calibration map." };

    /// <summary>Gets the signal.</summary>
    public Option<ConfidenceSignal> Signal { get; } =
        new("--signal") { Description = "How confidence is computed from token probabilities." };

    /// <summary>Gets the metric.</summary>
    public Option<string> Metric { get; } = new("--metric")
    {
        Description = "Metric that decides what is right: a score of one half or more.", DefaultValueFactory = _ => "em",
    };

    /// <summary>Gets the number of bins.</summary>
    public Option<int> Bins { get; } =
        CommonArguments.Number("--bins", 1, ReliabilityCurve.DefaultBins, "Bins of the reliability curve.");

    /// <summary>Gets the index.</summary>
    public Option<string?> Index { get; } =
        new("--index") { Description = "Index file, or postgres://… address; default: in memory.", HelpName = IndexArguments.HelpName };

    /// <summary>Gets the length of answers.</summary>
    public Option<int?> MaxNewTokens { get; } = CommonArguments.NumberOrNone(
        "--max-new-tokens", 1, "Maximum tokens to generate; default: the data set's.");

    /// <summary>Gets the file of the plot.</summary>
    public Option<string?> Plot { get; } = new("--plot")
    {
        Description = "Draws a reliability plot for each adapter, as PNG and SVG; the adapter's name is added to the file name.",
        HelpName = "FILE",
    };

    /// <summary>Adds the arguments to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[] { Mode, Output, Method, Signal, Metric, Bins, Index, MaxNewTokens, Plot })
        {
            verb.Options.Add(option);
        }
    }
}
