using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Evaluation;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The questions of a finetuning run.</summary>
/// <param name="Group">The group, if it gets its own adapter.</param>
/// <param name="Learned">Questions that are learned.</param>
/// <param name="HeldOut">Questions that are validated on.</param>
internal sealed record FinetuneQuestions(
    string? Group, IReadOnlyList<QuestionItem> Learned, IReadOnlyList<QuestionItem> HeldOut)
{
    /// <summary>Reads and splits the questions.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="group">Only this group, or all.</param>
    /// <param name="seed">Chooses what is held out.</param>
    /// <param name="whole">Whether whole documents are held out, with all their questions.</param>
    /// <exception cref="LlocoException">There is no question to learn.</exception>
    public static FinetuneQuestions Read(
        ParseResult parsed, FinetuneArguments options, string? group, long seed, bool whole = false)
    {
        string data = parsed.GetValue(options.Data)
            ?? throw new ToolUsageException("Give questions with --data, or let the model write them with --self-study.");
        List<QuestionItem> all = From(data, group);
        if (parsed.GetValue(options.Validation) is { } validation)
        {
            return new FinetuneQuestions(null, all, From(validation, group));
        }

        Func<string, bool> isHeldOut = HeldOutBy(parsed.GetValue(options.HoldOut), seed);
        string Key(QuestionItem item) => whole ? item.DocumentId ?? item.Id : $"{item.Id}\n{item.Question}";
        string[] keys = whole && parsed.GetValue(options.HoldOut) > 0 ? [.. all.Select(Key).Distinct()] : [];

        // Of few documents chance may hold out none, and then nothing would be checked.
        string? least = keys.Length > 1 && !keys.Any(isHeldOut) ? keys.MinBy(key => Rank(key, seed)) : null;
        bool IsHeldOut(QuestionItem item) => isHeldOut(Key(item)) || Key(item) == least;
        List<QuestionItem> held = [.. all.Where(IsHeldOut)];
        List<QuestionItem> learned = [.. all.Where(item => !IsHeldOut(item))];
        return learned.Count > 0
            ? new FinetuneQuestions(null, learned, held)
            : throw new LlocoException($"'{data}' has {all.Count} questions, and all were held out. Lower --hold-out.");
    }

    /// <summary>Chooses what is held out by a hash of the question, not by its position, so that a growing file holds out the
    /// same questions.</summary>
    /// <param name="share">The share that is held out.</param>
    /// <param name="seed">Chooses the questions.</param>
    /// <exception cref="ToolUsageException">The share is none.</exception>
    public static Func<string, bool> HeldOutBy(double share, long seed) => share is >= 0 and < 1
        ? question => Rank(question, seed) < share * uint.MaxValue
        : throw new ToolUsageException($"--hold-out is {share}; it must be at least 0 and below 1.");

    private static uint Rank(string question, long seed) => Convert.ToUInt32(ContentHash.OfText($"{seed}\n{question}")[..8], 16);

    /// <summary>Gives questions the ids and groups that an index has for their documents.</summary>
    /// <param name="index">The index.</param>
    /// <param name="cancellationToken">Cancels reading the index.</param>
    /// <exception cref="LlocoException">The index holds the document of no question that is learned.</exception>
    public async Task<FinetuneQuestions> InIndexAsync(IRetrievalIndex index, CancellationToken cancellationToken) => this with
    {
        Learned = await IndexedQuestions.FindAsync(index, Learned, cancellationToken).ConfigureAwait(false),
        HeldOut = HeldOut.Count == 0
            ? HeldOut
            : await IndexedQuestions.FindAsync(index, HeldOut, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>Splits the questions by group.</summary>
    public IEnumerable<FinetuneQuestions> ByGroup() => Learned.Select(item => item.Group).Distinct().Order(StringComparer.Ordinal)
        .Select(group => new FinetuneQuestions(
            Named(group),
            [.. Learned.Where(item => item.Group == group)],
            [.. HeldOut.Where(item => item.Group == group)]));

    /// <summary>Reads questions of a group, or of all.</summary>
    /// <exception cref="LlocoException">There is none.</exception>
    public static List<QuestionItem> From(string file, string? group)
    {
        IReadOnlyList<QuestionItem> all = QuestionDocuments.ReadQuestions(file);
        List<QuestionItem> found = [.. all.Where(item => group is null || item.Group == group)];
        return found.Count > 0
            ? found
            : throw new LlocoException(all.Count == 0
                ? $"'{file}' holds no question."
                : $"'{file}' holds no question of group '{group}'; its groups: "
                    + string.Join(", ", all.Select(item => item.Group).Distinct().Order(StringComparer.Ordinal)) + ".");
    }

    /// <summary>A group's name becomes a folder's.</summary>
    private static string Named(string group) =>
        group is "." or ".." || group.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0
            ? throw new LlocoException($"The group '{group}' cannot be the name of a folder. Train it alone, with --group.")
            : group;
}
