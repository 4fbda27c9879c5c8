using System.CommandLine;
using LLoCO.Core;
using LLoCO.Readers;
using LLoCO.Training.Memories;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options of <c>lloco learn</c>.</summary>
internal sealed class LearnArguments
{
    private const string Attention = "attention";
    private const string First = "first";
    private const string Random = "random";

    private readonly TrainingArguments _flags = new();
    private readonly Option<string> _start = new("--start")
    {
        Description = "Where training starts: attention matching, the first tokens' states, random numbers, or a PEFT CARTRIDGE folder "
            + "(of one document).",
        DefaultValueFactory = _ => Attention,
        HelpName = $"{Attention}|{First}|{Random}|DIR",
    };

    private readonly Option<double?> _beside = new("--distractor-share")
    {
        Description = "Share of passes in which another document's memory stands in the prefix, too; default: 0.5.",
    };

    private readonly Option<int?> _top = TrainingArguments.Count("--top-logits", "Likeliest tokens learned at each place; default: 16.");
    private readonly Option<double?> _answer = new("--answer-weight")
    {
        Description = "Weight of the loss on the answers' own tokens, beside the teacher's; default: 0.",
    };

    private readonly Option<double?> _adapterRate = new("--adapter-rate")
    {
        Description = "Trains an adapter together with the memories, at this rate, and writes it to --out: a copy of the one that reads them, "
            + "or a fresh one; default: 0, not trained.",
    };

    private readonly Option<int?> _adapterRank = TrainingArguments.Count("--adapter-rank", "Rank of a fresh adapter; default: 8.");
    private readonly Option<bool> _plain = new("--no-bias")
    {
        Description = "Learns without biases, so that 'export --cartridge' can write the result.",
    };

    private readonly Option<double> _holdOut = new("--hold-out")
    {
        Description = "Share of the questions that is validated on instead of learned.", DefaultValueFactory = _ => 0.1,
    };

    /// <summary>Gets the documents to read and where they go.</summary>
    public CompressArguments Documents { get; } = new() { Memory = new MemoryArguments(always: true) };

    /// <summary>Gets the folder of the run.</summary>
    public Option<string> Output { get; } = new("--out")
    {
        Description = "Folder of checkpoint and metrics; an interrupted run in it is continued.", Required = true, HelpName = "DIR",
    };

    /// <summary>Gets whether only the estimate is wanted.</summary>
    public Option<bool> Estimate { get; } = new("--estimate") { Description = "Only says how long it will take and how much memory." };

    /// <summary>Gets the options of self-study.</summary>
    public SelfStudyArguments Study { get; } = new(always: true);

    /// <summary>Gets which tokens become slots at the start.</summary>
    /// <param name="parsed">The command line.</param>
    public SlotChoice Choice(ParseResult parsed) =>
        parsed.GetValue(_start) is First or Random ? SlotChoice.First : SlotChoice.Attention;

    /// <summary>Gets the folder of the cartridge to start from; <see langword="null"/> for none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">The start is neither a name nor a folder.</exception>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_start) is var start && start is Attention or First or Random
        ? null
        : Directory.Exists(start)
            ? start
            : throw new ToolUsageException($"--start is '{start}'; it must be {Attention}, {First}, {Random} or a folder with a PEFT CARTRIDGE.");

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed)
    {
        parsed.EnsureNoneWithout(parsed.GetValue(_holdOut) != 0, $"{_holdOut.Name} above 0", _flags.Validating(parsed));
        parsed.EnsureNoneWithout(parsed.GetValue(_adapterRate) > 0, $"an {_adapterRate.Name} above 0", _adapterRank);
        Study.Ensure(parsed);
    }

    /// <summary>Adds the options to the verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="common">Options of several verbs.</param>
    public void AddTo(Command verb, CommonArguments common)
    {
        verb.Add(Documents.Paths);
        foreach (Option option in new Option[]
        {
            Documents.Index, Documents.Group, Documents.Prefix, Documents.Replace, Output, Estimate, common.Adapter, _start, _beside, _top,
            _answer, _adapterRate, _adapterRank, _plain, _holdOut,
        })
        {
            verb.Add(option);
        }

        Documents.Memory.AddTo(verb);
        _flags.AddTo(verb);
        Study.AddTo(verb);
        common.AddModelTo(verb);
    }

    /// <summary>Reads how to train.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="adapter">The adapter to read with.</param>
    public CartridgeTrainingOptions Read(ParseResult parsed, string? adapter)
    {
        CartridgeTrainingOptions own = _flags.Apply(parsed, new CartridgeTrainingOptions());
        return own with
        {
            Adapter = adapter,
            Start = parsed.GetValue(_start) == Random ? CartridgeStart.Random : CartridgeStart.Memory,
            DistractorShare = parsed.GetValue(_beside) ?? own.DistractorShare,
            TopLogits = parsed.GetValue(_top) ?? own.TopLogits,
            AnswerWeight = parsed.GetValue(_answer) ?? own.AnswerWeight,
            AdapterLearningRate = parsed.GetValue(_adapterRate) ?? own.AdapterLearningRate,
            AdapterRank = parsed.GetValue(_adapterRank) ?? own.AdapterRank,
            KeepsBiases = !parsed.GetValue(_plain),
        };
    }

    /// <summary>Chooses what is held out.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="seed">Chooses it.</param>
    public Func<string, bool> HeldOut(ParseResult parsed, long seed) =>
        FinetuneQuestions.HeldOutBy(parsed.GetValue(_holdOut), seed);
}
