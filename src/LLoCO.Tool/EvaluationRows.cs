using System.Text.RegularExpressions;
using LLoCO.Core;
using LLoCO.Evaluation;

namespace LLoCO.Tool;

/// <summary>The rows of an evaluation, from <c>--mode</c> and <c>--adapter</c>.</summary>
internal static partial class EvaluationRows
{
    /// <summary>As a mode: all of them.</summary>
    public const string AllModes = "all";

    // The baselines first, the method last, as in the papers' tables.
    private static readonly EvaluationMode[] Order =
    [
        EvaluationMode.None, EvaluationMode.Truncate, EvaluationMode.Full, EvaluationMode.Retrieve, EvaluationMode.Compressed,
        EvaluationMode.Lloco,
    ];

    /// <summary>Gets the names of the modes.</summary>
    public static IReadOnlyList<string> ModeNames { get; } =
        [AllModes, .. All().Select(mode => mode.ToString().ToLowerInvariant())];

    /// <summary>Makes the rows. Summaries are read with each adapter in turn, raw text with its own or with the first.</summary>
    /// <param name="modes">Modes by name, <see cref="AllModes"/> among them for all.</param>
    /// <param name="adapters">Adapters by name; empty for the own one.</param>
    /// <param name="rawAdapter">The adapter that reads raw text; <see langword="null"/> for the first of the others.</param>
    /// <param name="distractors">Numbers of other documents in a prefix of summaries; empty for none.</param>
    public static IReadOnlyList<EvaluationRow> Create(
        IReadOnlyList<string> modes, IReadOnlyList<string> adapters, string? rawAdapter, IReadOnlyList<int> distractors)
    {
        IEnumerable<EvaluationMode> asked = modes.Contains(AllModes)
            ? All()
            : modes.Select(mode => Enum.Parse<EvaluationMode>(mode, ignoreCase: true)).Distinct();
        string?[] readers = adapters.Count == 0 ? [null] : [.. adapters.Distinct()];
        return
        [
            .. asked.SelectMany(mode => mode == EvaluationMode.Lloco
                ? readers.Select(adapter => new EvaluationRow(mode, adapter))
                : [new EvaluationRow(mode, ReaderOf(mode, readers[0], rawAdapter))])
                .SelectMany(row => row.ReadsSummaries && distractors.Count > 0
                    ? distractors.Distinct().Select(others => row with { Distractors = others })
                    : [row]),
        ];
    }

    /// <summary>Loads adapters that are given as folders.</summary>
    /// <param name="adapters">Folders, names, <c>own</c>, <c>none</c>, or one for each group.</param>
    /// <param name="builder">The pipeline's description.</param>
    /// <returns>Their names in the pipeline, and the folders that were added.</returns>
    public static (IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Folders) AddAdapters(
        IReadOnlyList<string> adapters, LlocoPipelineBuilder builder)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] names = [.. adapters.Select(adapter => !Directory.Exists(adapter) && adapter.Contains('=', StringComparison.Ordinal)
            ? OfGroup().Replace(adapter, one => Load(one.Value))
            : Load(adapter))];
        foreach ((string name, string folder) in folders)
        {
            builder.AddAdapter(name, folder);
        }

        return (names, folders);

        string Load(string adapter)
        {
            // A name of an adapter takes precedence over a folder of that name, such as one of documents.
            bool isName = Path.GetFileName(adapter) == adapter && !File.Exists(Path.Combine(adapter, "adapter_config.json"));
            if (!Directory.Exists(adapter) || isName)
            {
                return adapter;
            }

            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(adapter));
            string name = Path.GetFileName(full);
            return folders.TryAdd(name, full) || folders[name] == full
                ? name
                : throw new ToolUsageException($"--adapter: '{folders[name]}' and '{full}' have the same name. Rename one of the folders.");
        }
    }

    /// <summary>What stands behind the equals signs of <c>other:ship=DIR,town=NAME</c>.</summary>
    [GeneratedRegex("(?<==)[^=,]+")]
    private static partial Regex OfGroup();

    private static IEnumerable<EvaluationMode> All() => Order.Union(Enum.GetValues<EvaluationMode>());

    private static string? ReaderOf(EvaluationMode mode, string? first, string? raw) => mode switch
    {
        EvaluationMode.Compressed => null,
        EvaluationMode.None or EvaluationMode.Truncate or EvaluationMode.Full or EvaluationMode.Retrieve => raw ?? first,
        _ => first,
    };
}
