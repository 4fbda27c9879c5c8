using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Evaluation;

/// <summary>One row of an evaluation's table: the context in front of a question, and the adapter.</summary>
public sealed record EvaluationRow
{
    /// <summary>As <see cref="Adapter"/>: the adapter named as the question's group.</summary>
    public const string OwnAdapter = "own";

    private readonly Dictionary<string, string>? _adapterOfGroup;
    private readonly string? _label;

    /// <summary>Describes a row.</summary>
    /// <param name="mode">What stands in front of the question.</param>
    /// <param name="adapter">The adapter; see <see cref="Adapter"/>.</param>
    /// <exception cref="LlocoException">The adapter is a list in which an entry is not <c>GROUP=NAME</c>.</exception>
    public EvaluationRow(EvaluationMode mode, string? adapter = null)
    {
        Mode = mode;
        Adapter = adapter == OwnAdapter ? null : adapter;
        if (Adapter?.Contains('=', StringComparison.Ordinal) == true)
        {
            int colon = Adapter.IndexOf(':', StringComparison.Ordinal);
            _label = colon > 0 ? Adapter[..colon] : null;
            _adapterOfGroup = Parse(Adapter[(colon + 1)..]);
        }
    }

    /// <summary>Gets the context in front of the question.</summary>
    public EvaluationMode Mode { get; }

    /// <summary>Gets the adapter: a name, <c>none</c>, or one for each group
    /// (<c>ship=town,town=ship</c>), with a name for it in front if that is wanted (<c>other:ship=town,town=ship</c>).</summary>
    /// <value><see langword="null"/>: the one named as the question's group, where there is one.</value>
    /// <remarks>Not looked at in <see cref="EvaluationMode.Compressed"/>, which has no adapter. The raw-text modes read with it
    /// too, which is fair where the adapter was trained on raw text as well, as the embedded model's are.</remarks>
    public string? Adapter { get; }

    /// <summary>Gets how many other documents of the question's group are added to the prefix, in random order.</summary>
    /// <value>Default 0. They are drawn from the documents of the questions asked; the same question gets the same ones. Not
    /// looked at in modes that do not read summaries.</value>
    public int Distractors { get; init; }

    /// <summary>Gets the name in reports: the mode, the adapter where one is named, and <c>+N</c> with other documents.</summary>
    public string Name
    {
        get
        {
            string mode = Mode.ToString().ToLowerInvariant();
            string reader = Mode == EvaluationMode.Compressed || Adapter is null ? mode : $"{mode}:{_label ?? Adapter}";
            return ReadsSummaries && Distractors > 0 ? $"{reader}+{Distractors}" : reader;
        }
    }

    /// <summary>Gets whether documents must be compressed for it.</summary>
    public bool ReadsSummaries => Mode == EvaluationMode.Compressed || NeedsAdapter;

    private bool NeedsAdapter => Mode is EvaluationMode.Lloco or EvaluationMode.Expand or EvaluationMode.ExpandAlways;

    /// <summary>Works out how a question is asked. This is the only place that defines the modes.</summary>
    /// <param name="item">The question.</param>
    /// <param name="read">The documents in front of it, each as a question about it; looked at where summaries are read.</param>
    /// <param name="loaded">The adapters that the pipeline has.</param>
    /// <param name="generation">How to answer; the pipeline's own with <see langword="null"/>.</param>
    /// <exception cref="LlocoException">The question has no document or its group no adapter, and the mode needs one.</exception>
    internal AskOptions Ask(
        QuestionItem item, IReadOnlyList<QuestionItem> read, IReadOnlyCollection<string> loaded, GenerationOptions? generation)
    {
        if (Mode != EvaluationMode.None && item.Document is null)
        {
            throw new LlocoException($"The question '{item.Id}' has no document, which mode {Mode} needs.");
        }

        return new AskOptions
        {
            Generation = generation,
            Adapter = AdapterOf(item.Group, loaded),
            DocumentIds = ReadsSummaries ? [.. read.Select(one => one.DocumentId!)] : [],
            ContextText = ReadsSummaries || Mode == EvaluationMode.None ? null : item.Document,
            Expand = Mode switch
            {
                EvaluationMode.Expand => ExpandOptions.Auto,
                EvaluationMode.ExpandAlways => ExpandOptions.Always,
                _ => ExpandOptions.Never,
            },

            // If the best passage does not fit, the question is answered from the summary instead of ending the run.
            WindowPolicy = Mode == EvaluationMode.ExpandAlways ? WindowPolicy.FewerDocuments : null,
            Context = Mode switch
            {
                EvaluationMode.None => ContextMode.None,
                EvaluationMode.Truncate => ContextMode.Truncated,
                EvaluationMode.Full => ContextMode.Full,
                EvaluationMode.Retrieve => ContextMode.Passages,
                _ => ContextMode.Summary,
            },
        };
    }

    private static Dictionary<string, string> Parse(string list)
    {
        var adapters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (entry.Split('=') is not [{ Length: > 0 } group, { Length: > 0 } name] || !adapters.TryAdd(group, name))
            {
                throw new LlocoException($"'{list}' does not say one adapter for each group. Write GROUP=NAME,GROUP=NAME.");
            }
        }

        return adapters;
    }

    private string AdapterOf(string group, IReadOnlyCollection<string> loaded)
    {
        if (Mode == EvaluationMode.Compressed)
        {
            return AskOptions.NoAdapter;
        }

        if (_adapterOfGroup is not null)
        {
            return _adapterOfGroup.TryGetValue(group, out string? named)
                ? named
                : throw new LlocoException($"'{Adapter}' names no adapter for the group '{group}'. Add {group}=NAME.");
        }

        if (Adapter is not null || loaded.Contains(group))
        {
            return Adapter ?? group;
        }

        return NeedsAdapter
            ? throw new LlocoException($"There is no adapter for the group '{group}'. Name one, or use mode Compressed.")
            : AskOptions.NoAdapter;
    }
}
