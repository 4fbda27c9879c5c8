using System.CommandLine;
using LLoCO.Core.Trust;
using LLoCO.Core;
using LLoCO.Evaluation;

namespace LLoCO.Tool;

/// <summary>The options of <c>lloco compress</c> that say whether and how fidelity is measured.</summary>
internal sealed class FidelityArguments
{
    private readonly Option<bool> _measure = new("--fidelity")
    {
        Description = "Measures how much the summary keeps; takes as long as compression or longer.",
    };

    private readonly Option<int> _perSegment = CommonArguments.Number(
        "--probes-per-segment", 1, new FidelityOptions().ProbesPerSegment,
        "Most probes per segment that are made of the document's own "
        + "sentences.");

    private readonly Option<string?> _probes = new("--probes")
    {
        Description = "Question file; its questions are the probes of their documents.", HelpName = "FILE",
    };

    private readonly Option<double> _threshold = new("--min-fidelity")
    {
        Description = "Score below which --below applies; 0 to 1.",
    };

    private readonly Option<FidelityAction> _below = new("--below")
    {
        Description = "What to do with a document below --min-fidelity.",
        DefaultValueFactory = _ => FidelityAction.Mark,
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[] { _measure, _perSegment, _probes, _threshold, _below })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Reads the options of a parsed command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The options, or <see langword="null"/> where fidelity is not measured.</returns>
    /// <exception cref="ToolUsageException">They are given without <c>--fidelity</c>.</exception>
    public FidelityOptions? Read(ParseResult parsed)
    {
        bool measures = parsed.GetValue(_measure);
        parsed.EnsureNoneWithout(measures, _measure.Name, _perSegment, _probes, _threshold, _below);
        if (!measures)
        {
            return null;
        }

        string? file = parsed.GetValue(_probes);

        ILookup<string?, FidelityProbe>? probes = file is null ? null : QuestionDocuments.ReadQuestions(file).ToLookup(
            item => item.DocumentId, item => new FidelityProbe(item.Question, item.Answers[0]));
        return new FidelityOptions
        {
            ProbesPerSegment = parsed.GetValue(_perSegment),
            Threshold = parsed.GetValue(_threshold),
            Below = parsed.GetValue(_below),
            Probes = probes is null ? null : id => [.. probes[id]],
        };
    }
}
