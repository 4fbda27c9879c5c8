using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options of learning without labels, and the pairs that a teacher writes under them.</summary>
/// <param name="always">Whether a verb learns in no other way; its seed prompts are then those that suit the model.</param>
internal sealed class SelfStudyArguments(bool always = false)
{
    private const string Suited = "auto";
    private const string Gaps = "cloze";

    private static readonly SelfStudyOptions Defaults = new();
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string?> _cache = new("--study-cache")
    {
        Description = "File that keeps the teacher's replies as JSON lines; default: in memory.",
        HelpName = "FILE",
    };

    private readonly Option<string> _prompts = new("--study-prompts")
    {
        Description = "Seed prompts: cue (one question behind the text, as the embedded model was trained), "
            + "instructed (facts, summary, "
            + "structure, use), cloze (gaps in the document's own sentences, no model needed), or a JSON file; several with commas between. "
            + "A file: [{\"name\", \"text\" with {chunk}, \"question\" with {name}?, \"extractive\"?}]."
            + (always ? " auto: cloze, and cue where the model has an adapter named teacher." : string.Empty),
        DefaultValueFactory = _ => always ? Suited : "cue",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string?> _adapter = new("--study-adapter")
    {
        Description = "Adapter of the teacher, or none; default: the model's adapter named teacher, if it has one.", HelpName = "NAME",
    };

    private readonly Option<int?> _chunk = CommonArguments.AtLeast(
        16, new Option<int?>("--study-chunk")
        {
            Description = "Maximum tokens that the teacher sees at once; default: a segment.",
        });

    private readonly Option<int> _rounds = Number("--study-rounds", "How often each stretch is asked about.", Defaults.Rounds);
    private readonly Option<int> _pairs =
        Number("--study-pairs", "Pairs wanted from each stretch in a round.", Defaults.PairsPerRequest);

    private readonly Option<int> _most = Number("--study-max-pairs", "Most pairs in all.", Defaults.MaxPairs);
    private readonly Option<double> _temperature = new("--study-temperature")
    {
        Description = "Temperature of the questions.", DefaultValueFactory = _ => new ModelTeacherOptions().Temperature,
    };

    private readonly Option<int> _top = CommonArguments.Number(
        "--study-top-logits", 0, new ModelTeacherOptions().TopLogits,
        "Likeliest tokens of the teacher that are learned at each place; 0: answers "
        + "alone.");

    private readonly Option<double> _confidence = new("--study-confidence")
    {
        Description = "Minimum probability of the teacher's answer.", DefaultValueFactory = _ => Defaults.MinConfidence,
    };

    private readonly Option<string?> _questions = new("--study-questions")
    {
        Description = "Also writes the pairs to this question file.", HelpName = "FILE",
    };

    /// <summary>Gets whether a teacher writes the questions.</summary>
    public Option<bool> SelfStudy { get; } = new("--self-study")
    {
        Description = "Learns from questions that the model writes about the raw text of the index's documents; needs no --data.",
    };

    /// <summary>Gets the options of what the teacher writes.</summary>
    public IReadOnlyList<Option> All =>
        [_cache, _prompts, _adapter, _chunk, _rounds, _pairs, _most, _temperature, _top, _confidence, _questions];

    /// <summary>Refuses options of a model where none writes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed) => parsed.EnsureNoneBeside(
        parsed.GetValue(_prompts) == Gaps, $"{_prompts.Name} {Gaps}, which asks no model", _adapter, _temperature, _top);

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        if (!always)
        {
            verb.Options.Add(SelfStudy);
        }

        foreach (Option option in All)
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Lets the model write.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pipeline">Gives model and documents.</param>
    /// <param name="group">Only documents of this group, or all.</param>
    /// <param name="console">Where progress and counts go.</param>
    /// <param name="cancellationToken">Ends the work; replies stay in the cache.</param>
    /// <param name="documents">Only these documents, or all of the group.</param>
    public async Task<IReadOnlyList<StudyPair>> StudyAsync(
        ParseResult parsed, LlocoPipeline pipeline, string? group, ToolConsole console, CancellationToken cancellationToken,
        IReadOnlyList<StudyDocument>? documents = null)
    {
        using StudyCache cache = parsed.GetValue(_cache) is { } file ? StudyCache.Open(file) : StudyCache.InMemory();
        string named = parsed.GetValue(_prompts)!;
        if (named == Suited && always)
        {
            named = pipeline.Adapters.Contains(ModelTeacherOptions.TeacherAdapter) ? "cue,cloze" : "cloze";
        }

        IReadOnlyList<StudyPrompt> prompts = StudyPromptFile.Named(named);
        var results = new List<StudyResult>();
        foreach (bool cloze in (bool[])[false, true])
        {
            StudyPrompt[] own = [.. prompts.Where(prompt => prompt == StudyPrompt.Cloze == cloze)];
            if (own.Length > 0)
            {
                ITeacher teacher = cloze ? new ClozeTeacher() : Teacher(parsed, pipeline);
                SelfStudyOptions asked = Options(parsed, own);
                var display = new StudyDisplay(console.Error, console.Verbose);
                results.Add(await (documents is null
                    ? pipeline.StudyAsync(teacher, group, asked, cache, display, cancellationToken)
                    : pipeline.StudyAsync(teacher, documents, asked, cache, display, cancellationToken)).ConfigureAwait(false));
            }
        }

        StudyResult result = Together(results, parsed.GetValue(_most));
        console.Error.WriteLine(Describe(result));
        if (parsed.GetValue(_questions) is { } target)
        {
            Write(target, result, group);
        }

        return result.Pairs.Count > 0
            ? result.Pairs
            : throw new LlocoException(
                "The teacher wrote nothing of use: " + Describe(result)
                + ". Take a larger teacher, other --study-prompts, or a lower --study-confidence.");
    }

    /// <summary>Guesses how many pairs a teacher will write.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tokens">Tokens of a document.</param>
    /// <param name="segment">Tokens of a segment of the model; 0 for none.</param>
    public int CountPairs(ParseResult parsed, int tokens, int segment)
    {
        int chunk = parsed.GetValue(_chunk) ?? (segment > 0 ? segment : 512);
        long pairs = (tokens + chunk - 1L) / chunk * parsed.GetValue(_rounds) * parsed.GetValue(_pairs);
        return (int)Math.Clamp(pairs, 1, parsed.GetValue(_most));
    }

    private ITeacher Teacher(ParseResult parsed, LlocoPipeline pipeline)
    {
        string? adapter = parsed.GetValue(_adapter);
        return pipeline.CreateTeacher(new ModelTeacherOptions
        {
            Adapter = adapter == AskOptions.NoAdapter ? string.Empty : adapter,
            Temperature = parsed.GetValue(_temperature),
            TopLogits = parsed.GetValue(_top),
        });
    }

    private SelfStudyOptions Options(ParseResult parsed, IReadOnlyList<StudyPrompt> prompts) => new()
    {
        Prompts = prompts,
        ChunkTokens = parsed.GetValue(_chunk),
        Rounds = parsed.GetValue(_rounds),
        PairsPerRequest = parsed.GetValue(_pairs),
        MaxPairs = parsed.GetValue(_most),
        MinConfidence = parsed.GetValue(_confidence),
    };

    private static StudyResult Together(IReadOnlyList<StudyResult> results, int most) => new(
        [.. results.SelectMany(result => result.Pairs).Take(most)],
        results.Sum(result => result.Requests),
        results.Sum(result => result.Cached),
        results.Sum(result => result.Replies),
        results.SelectMany(result => result.Dropped).GroupBy(dropped => dropped.Key)
            .ToDictionary(same => same.Key, same => same.Sum(dropped => dropped.Value)),
        [.. results.SelectMany(result => result.Failures)]);

    private static string Describe(StudyResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"self-study: {result.Pairs.Count} pairs from {result.Replies} replies to {result.Requests} requests "
        + $"({result.Cached} from the cache), dropped: ")
        + (result.Dropped.Count == 0
            ? "none"
            : string.Join(", ", result.Dropped.Select(one => $"{one.Value} {one.Key.ToString().ToLowerInvariant()}")))
        + (result.Failures.Count == 0 ? string.Empty : $", {result.Failures.Count} failed ({result.Failures[0].Message})");

    private static void Write(string file, StudyResult result, string? group) => AtomicFile.Write(file, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach ((int number, StudyPair pair) in result.Pairs.Index())
        {
            writer.WriteLine(JsonSerializer.Serialize(
                new
                {
                    id = $"{pair.DocumentId}-{number}",
                    group,
                    document_id = pair.DocumentId,
                    prompt = pair.Prompt,
                    question = pair.Question,
                    answers = new[] { pair.Answer },
                    confidence = pair.Confidence,
                    start = pair.Start,
                    length = pair.Length,
                },
                Json));
        }
    });

    private static Option<int> Number(string name, string description, int value) => CommonArguments.AtLeast(
        1, new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" });
}
