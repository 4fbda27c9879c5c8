using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Training.Memories;

namespace LLoCO.Tool.Verbs;

/// <summary>The arguments of <c>lloco ask</c> besides those of the model, and their effect on a question.</summary>
internal sealed class AskArguments
{
    private readonly Option<string?> _group = new("--group") { Description = "Only documents of this group." };

    private readonly Option<string[]> _documents = new("--document") { Description = "Read this document; may be repeated." };

    private readonly Option<int> _topK = CommonArguments.Number("--top-k", 1, 1, "Most documents in one prefix.");

    private readonly Option<int> _tokens = CommonArguments.Number(
        "--max-new-tokens", 1, new GenerationOptions().MaxNewTokens, "Most tokens to generate.");

    private readonly Option<bool> _fewer = new("--fewer-documents")
    {
        Description = "Leaves out the lowest ranked documents if not all fit the native window.",
    };

    private readonly Option<ExpandWhen> _expand = new("--expand")
    {
        Description = "Whether the best passages are added as raw text to the summary; auto: if fidelity or confidence is low.",
        DefaultValueFactory = _ => ExpandWhen.Never,
    };

    private readonly Option<int> _passages =
        CommonArguments.Number("--expand-passages", 1, ExpandOptions.Auto.Passages, "Most passages to expand.");

    private readonly Option<double> _sure = new("--min-confidence")
    {
        Description = "Confidence below which --expand auto answers again.",
        DefaultValueFactory = _ => ExpandOptions.Auto.MinConfidence,
    };

    private readonly Option<double> _faithful = new("--min-fidelity")
    {
        Description = "Fidelity of a document below which --expand auto expands at once.",
    };

    private readonly Option<DoubtPolicy> _doubt = new("--doubt")
    {
        Description = "What to do if the answer is in doubt: warn, refuse (exit code 1), or expand (read the best passages raw too).",
        HelpName = "warn|refuse|expand",
    };

    private readonly Option<int?> _slots =
        CommonArguments.NumberOrNone("--slots", 1, "Most slots that are read of a document's key/value memory; default: all.");

    /// <summary>Gets the most groups that answer.</summary>
    public Option<int> Groups { get; } = CommonArguments.Number(
        "--read-groups", 1, 1, "Most groups that answer, each with its own documents and adapter; the most confident answer counts.");

    /// <summary>Gets the question.</summary>
    public Argument<string> Question { get; } = new("question") { Description = "The question." };

    /// <summary>Gets the index.</summary>
    public Option<string?> Index { get; } = new("--index")
    {
        Description = "Index file, or postgres://… address; not needed where the adapter is a key/value prefix.",
        HelpName = IndexArguments.HelpName,
    };

    /// <summary>Adds the arguments to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        verb.Arguments.Add(Question);
        verb.Options.Add(Groups);
        AddOptionsTo(verb);
    }

    /// <summary>Adds all but the question to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddOptionsTo(Command verb)
    {
        _doubt.AcceptOnlyFromAmong("warn", "refuse", "expand");
        foreach (Option option in new Option[]
        {
            Index, _group, _documents, _topK, _fewer, _slots, _tokens, _expand, _passages, _sure, _faithful, _doubt,
        })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="common">Options of several verbs.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed, CommonArguments common)
    {
        ExpandWhen when = parsed.GetValue(_expand);
        parsed.EnsureNoneWithout(
            when != ExpandWhen.Never || parsed.GetValue(_doubt) == DoubtPolicy.Expand, $"{_expand.Name} or {_doubt.Name} expand", _passages);
        parsed.EnsureNoneWithout(when == ExpandWhen.Auto, $"{_expand.Name} auto", _sure, _faithful);
        parsed.EnsureNoneBeside(parsed.Has(_documents), _documents.Name, _topK, Groups);
        parsed.EnsureNoneBeside(parsed.Has(_group), _group.Name, Groups);
        parsed.EnsureNoneWithout(
            parsed.GetValue(Index) is not null, Index.Name, _group, _documents, _topK, _fewer, _expand, Groups, common.PrefixFolder);
    }

    /// <summary>Applies how much is read of each document.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="builder">The pipeline's description.</param>
    /// <param name="cancellationToken">Cancels looking into the index.</param>
    /// <exception cref="ToolUsageException">The index holds nothing that can be read in part.</exception>
    public async Task ApplySlotsAsync(ParseResult parsed, LlocoPipelineBuilder builder, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_slots) is { } slots)
        {
            await IndexArguments.EnsureKeyValueAsync("--slots", parsed.GetValue(Index), cancellationToken).ConfigureAwait(false);
            builder.UseMemorySlots(slots);
        }
    }

    /// <summary>Reads how the question is asked.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="adapter">The adapter that reads; <see langword="null"/> for the one named as the group.</param>
    public AskOptions Read(ParseResult parsed, string? adapter) => new()
    {
        Adapter = adapter,
        Group = parsed.GetValue(_group),
        DocumentIds = parsed.GetValue(_documents) ?? [],
        TopK = parsed.GetValue(_topK),
        WindowPolicy = parsed.GetValue(_fewer) ? WindowPolicy.FewerDocuments : WindowPolicy.Error,
        Generation = new GenerationOptions { MaxNewTokens = parsed.GetValue(_tokens) },
        DoubtPolicy = parsed.GetValue(_doubt),
        Expand = new ExpandOptions
        {
            When = parsed.GetValue(_expand),
            Passages = parsed.GetValue(_passages),
            MinConfidence = parsed.GetValue(_sure),
            MinFidelity = parsed.GetValue(_faithful),
        },
    };
}
