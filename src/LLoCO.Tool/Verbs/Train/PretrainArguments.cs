using System.CommandLine;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The training options of <c>lloco pretrain</c>.</summary>
internal sealed class PretrainArguments
{
    private readonly TrainingArguments _flags = new();
    private readonly Option<int?> _segment = TrainingArguments.Count("--segment-length", "Mean tokens of a segment.");
    private readonly Option<int?> _summary = CommonArguments.AtLeast(0, new Option<int?>("--summary-length")
    {
        Description = "Summary embeddings per segment; 0 for a plain language model.", HelpName = "N",
    });

    private readonly Option<int?> _gradient = TrainingArguments.Count("--gradient-segments", "Segments that gradients flow through.");
    private readonly Option<double?> _shortest = new("--shortest") { Description = "Shortest segment as a share of the mean." };
    private readonly Option<double?> _longest = new("--longest") { Description = "Longest segment as a share of the mean." };
    private readonly Option<double?> _language = new("--language") { Description = "Weight of the next-token loss." };
    private readonly Option<double?> _reconstruction = new("--reconstruction")
    {
        Description = "Weight of the loss of reconstructing a segment from its summary.",
    };

    private readonly Option<double?> _question = new("--question-weight") { Description = "Weight of the loss of answers." };
    private readonly Option<int?> _rank = CommonArguments.AtLeast(0, new Option<int?>("--lora-rank")
    {
        Description = "Rank of the update through which the weights are trained; 0 trains all weights.", HelpName = "N",
    });

    private readonly Option<double?> _alpha = new("--lora-alpha") { Description = "Alpha of that update." };

    /// <summary>Finds the options that need validations.</summary>
    /// <param name="parsed">The command line.</param>
    public IReadOnlyList<Option> Validating(ParseResult parsed) => _flags.Validating(parsed);

    /// <summary>Gets the weight of answers.</summary>
    public Option QuestionWeight => _question;

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[]
        {
            _segment, _summary, _gradient, _shortest, _longest, _language, _reconstruction, _question, _rank, _alpha,
        })
        {
            verb.Options.Add(option);
        }

        _flags.AddTo(verb);
    }

    /// <summary>Reads how to train.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="defaults">What is used where an option is not given.</param>
    public CompressorTrainingOptions Read(ParseResult parsed, CompressorTrainingOptions defaults)
    {
        CompressorTrainingOptions own = _flags.Apply(parsed, defaults);
        int rank = parsed.GetValue(_rank) ?? own.LoraRank;
        parsed.EnsureNoneWithout(rank > 0, $"a {_rank.Name} above 0", _alpha);
        return own with
        {
            SegmentLength = parsed.GetValue(_segment) ?? own.SegmentLength,
            SummaryLength = parsed.GetValue(_summary) ?? own.SummaryLength,
            GradientSegments = parsed.GetValue(_gradient) ?? own.GradientSegments,
            ShortestSegment = parsed.GetValue(_shortest) ?? own.ShortestSegment,
            LongestSegment = parsed.GetValue(_longest) ?? own.LongestSegment,
            LanguageWeight = parsed.GetValue(_language) ?? own.LanguageWeight,
            ReconstructionWeight = parsed.GetValue(_reconstruction) ?? own.ReconstructionWeight,
            QuestionWeight = parsed.GetValue(_question) ?? own.QuestionWeight,
            LoraRank = rank,
            LoraAlpha = parsed.GetValue(_alpha) ?? own.LoraAlpha,
        };
    }
}
