using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Training.Memories;

namespace LLoCO.Tool;

/// <summary>The options that say what documents are kept as.</summary>
/// <param name="always">Whether documents are always kept as keys and values, which are then trained.</param>
internal sealed class MemoryArguments(bool always = false)
{
    private const string Summary = "summary";
    private const string KeyValue = "kv";

    private readonly Option<string> _kind = new("--memory")
    {
        Description = "What documents are kept as: summary embeddings, or keys and values (kv), which any model can make and read.",
        HelpName = "summary|kv",
        DefaultValueFactory = _ => Summary,
    };

    private readonly Option<double?> _ratio = new("--ratio")
    {
        Description = Describe(always, "tokens for each slot; default: 8."), HelpName = "R",
    };

    private readonly Option<int?> _slots =
        CommonArguments.NumberOrNone("--slots", 1, Describe(always, "slots of each chunk, in place of --ratio."));

    private readonly Option<SlotChoice> _choice = new("--keep")
    {
        Description = "With --memory kv, which tokens become slots: attention (the most read ones, fitted to all), or as they are "
            + "highest, last, random, streaming or first.",
        HelpName = "CHOICE",
    };

    private readonly Option<SlotWorth> _worth = new("--worth")
    {
        Description = "With --memory kv, how the attention of several queries is taken together.",
        DefaultValueFactory = _ => new KeyValueMemoryOptions().Worth,
        HelpName = "max|mean|rms",
    };

    private readonly Option<int?> _chunk =
        CommonArguments.NumberOrNone(
            "--chunk", 1, Describe(always, "most tokens read together; default: 3/4 of the window, at most 8192."));

    private readonly Option<SummaryEncoding> _storage = new("--storage")
    {
        Description = "How numbers are stored: bfloat16, float32, or int8, which takes about half of bfloat16's bytes.",
        DefaultValueFactory = _ => SummaryEncoding.BFloat16,
        HelpName = "bfloat16|float32|int8",
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        _kind.AcceptOnlyFromAmong(Summary, KeyValue);
        Option[] own = always ? [_ratio, _slots, _chunk] : [_kind, _ratio, _slots, _choice, _worth, _chunk];
        foreach (Option option in own.Append(_storage))
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Applies the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="builder">The pipeline's description.</param>
    /// <param name="start">Which tokens become slots, where no option says so.</param>
    /// <returns>What the memories are, for a record of settings; <see langword="null"/> for summary embeddings as they are stored
    /// otherwise.</returns>
    /// <exception cref="ToolUsageException">Options of key/value memories stand without <c>--memory kv</c>.</exception>
    public string? Apply(ParseResult parsed, LlocoPipelineBuilder builder, SlotChoice start = SlotChoice.Attention)
    {
        SummaryEncoding storage = parsed.GetValue(_storage);
        string? stored = storage == SummaryEncoding.BFloat16 ? null : storage.ToString();
        builder.UseStorage(storage);
        Option[] own = [_ratio, _slots, _choice, _worth, _chunk];
        if (!always && parsed.GetValue(_kind) != KeyValue)
        {
            return own.FirstOrDefault(parsed.Has) is { } given
                ? throw new ToolUsageException($"{given.Name} is an option of --memory kv.")
                : stored;
        }

        if (parsed.GetValue(_ratio) is not null && parsed.GetValue(_slots) is not null)
        {
            throw new ToolUsageException("--ratio and --slots both say how large a memory is. Give one of them.");
        }

        SlotChoice choice = always ? start : parsed.GetValue(_choice);
        parsed.EnsureNoneBeside(
            choice is not (SlotChoice.Attention or SlotChoice.Highest), $"{_choice.Name} {choice.ToString().ToLowerInvariant()}", _worth);
        var options = new KeyValueMemoryOptions
        {
            Ratio = parsed.GetValue(_ratio) ?? new KeyValueMemoryOptions().Ratio,
            Slots = parsed.GetValue(_slots),
            Choice = choice,
            Worth = always ? new KeyValueMemoryOptions().Worth : parsed.GetValue(_worth),
            ChunkTokens = parsed.GetValue(_chunk) ?? 0,
        };
        builder.UseKeyValueMemory(options);
        return stored is null ? options.ToString() : $"{options}, {stored}";
    }

    /// <summary>Counts the slots of a document's memory.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tokens">Tokens of the document; of one chunk where slots are given.</param>
    public int CountSlots(ParseResult parsed, int tokens) => parsed.GetValue(_slots)
        ?? (int)Math.Ceiling(tokens / (parsed.GetValue(_ratio) ?? new KeyValueMemoryOptions().Ratio));

    private static string Describe(bool always, string what) =>
        always ? char.ToUpperInvariant(what[0]) + what[1..] : "With --memory kv, " + what;
}
