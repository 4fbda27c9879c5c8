using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Needles;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool;

/// <summary>The options that describe a needle grid.</summary>
internal sealed class NeedleArguments
{
    private const int DefaultColumns = 10;

    // Questions of other documents may be some tokens longer.
    private const int Reserve = 8;

    private readonly Option<double> _windows = new("--windows")
    {
        Description = "Length of the longest document in native windows; the shortest has one.", DefaultValueFactory = _ => 28,
    };

    private readonly Option<int[]> _lengths = new("--lengths")
    {
        Description = "Lengths of the documents in tokens, in place of --windows and --columns.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> _columns = CommonArguments.Number("--columns", 1, DefaultColumns, "Number of lengths.");

    private readonly Option<int> _depths = CommonArguments.Number(
        "--depths", 1, DefaultColumns, "Number of depths, from the beginning of a document to its end.");

    private readonly Option<int> _repeats = CommonArguments.Number(
        "--repeats", 1, 1, "Documents of each length, with different needles.");

    private readonly Option<bool> _alone = new("--alone")
    {
        Description = "Puts one needle in each document; otherwise a document has one at each depth and is asked about all.",
    };

    private readonly Option<string?> _haystack = new("--haystack")
    {
        Description = "Folder of books to hide the needles in; default: prose of the practice corpus.", HelpName = "FOLDER",
    };

    private readonly Option<string?> _booksExcept = new("--books-except")
    {
        Description = "Uses all books except those in this list, such as training/books.txt.", HelpName = "FILE",
    };

    private readonly Option<string?> _needles = new("--needles")
    {
        Description = "Your own needles, JSON lines {\"needle\", \"question\", \"answer\"}; default: facts of the practice corpus.",
        HelpName = "FILE",
    };

    private readonly Option<string> _group = new("--group")
    {
        Description = "Group of the documents, which selects the adapter and, in the practice corpus, the kind of facts and prose.",
        DefaultValueFactory = _ => SynthGenerator.Groups[0],
    };

    private readonly Option<int> _seed = CommonArguments.Number(
        "--seed", 0, 1, "Chooses needles and sentences; no two seeds share a fact, and none is one of training's.");

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[]
        {
            _windows, _lengths, _columns, _depths, _repeats, _alone, _haystack, _booksExcept, _needles, _group, _seed,
        })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed)
    {
        parsed.EnsureNoneBeside(parsed.Has(_lengths), _lengths.Name, _windows, _columns);
        parsed.EnsureNoneWithout(parsed.GetValue(_haystack) is not null, _haystack.Name, _booksExcept);
    }

    /// <summary>Makes the grid.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tokenizer">Counts the tokens.</param>
    /// <param name="nativeWindow">The model's native window.</param>
    /// <param name="longest">Maximum tokens of the longest document, if less than requested.</param>
    /// <exception cref="ToolUsageException">The group is none of the practice corpus, whose facts or prose are asked
    /// for.</exception>
    public NeedleGrid Grid(ParseResult parsed, ITokenizer tokenizer, int nativeWindow, int longest = int.MaxValue)
    {
        string group = parsed.GetValue(_group)!;
        string? file = parsed.GetValue(_needles);
        string? books = parsed.GetValue(_haystack);
        if ((file is null || books is null) && !SynthGenerator.Groups.Contains(group))
        {
            throw new ToolUsageException(
                $"--group {group} is not in the practice corpus ({string.Join(", ", SynthGenerator.Groups)}). "
                + "Give your own --needles and --haystack.");
        }

        int seed = parsed.GetValue(_seed);
        IReadOnlyList<int> asked = parsed.GetValue(_lengths) is { Length: > 0 } lengths
            ? lengths
            : [.. NeedleGrid.Spread(nativeWindow, parsed.GetValue(_windows) * nativeWindow, parsed.GetValue(_columns))
                .Select(length => (int)length)];
        double shrink = Math.Min(1, (double)longest / asked.Max());
        return new NeedleGrid(
            tokenizer,
            file is null ? new SynthNeedles(group, seed) : new NeedleFile(file),
            books is null
                ? new SynthHaystack(group)
                : new BookHaystack(BookFiles.Find(books, null, parsed.GetValue(_booksExcept))),
            group,
            seed)
        {
            Lengths = [.. asked.Select(length => (int)(length * shrink))],
            Depths = NeedleGrid.Spread(0, 1, parsed.GetValue(_depths)),
            Repeats = parsed.GetValue(_repeats),
            Alone = parsed.GetValue(_alone),
        };
    }

    /// <summary>Makes the grid whose longest document still fits the window as summary embeddings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="maxNewTokens">Most tokens of an answer.</param>
    /// <param name="console">Gets a note if documents are shorter than requested.</param>
    /// <exception cref="LlocoException">Not even a quarter of the requested length fits.</exception>
    public NeedleGrid FittingGrid(ParseResult parsed, LlocoPipeline pipeline, int maxNewTokens, ToolConsole console)
    {
        NeedleGrid grid = Grid(parsed, pipeline.Tokenizer, pipeline.NativeWindow);
        int asked = grid.Lengths.Max();
        int longest = asked;
        while (true)
        {
            IReadOnlyList<QuestionItem> items = grid.LongestDocument();
            string? adapter = pipeline.Adapters.Contains(items[0].Group) ? items[0].Group : null;
            int room = items.Min(item => pipeline.RoomForSummaries(item.Question, adapter, maxNewTokens)) - Reserve;
            int needed = pipeline.CountSummaries(items[0].Document!);
            if (needed <= room)
            {
                if (longest < asked)
                {
                    console.Error.WriteLine($"lloco: {asked} tokens do not fit the native window of {pipeline.NativeWindow} as "
                        + $"summary embeddings; all documents are made shorter, the longest {longest}");
                }

                return grid;
            }

            longest = (int)(longest * Math.Min(0.99, (double)room / needed));
            if (longest < asked / 4)
            {
                throw new LlocoException(
                    $"Documents of {asked} tokens do not fit the native window of {pipeline.NativeWindow}. "
                    + "Ask for shorter ones.");
            }

            grid = Grid(parsed, pipeline.Tokenizer, pipeline.NativeWindow, longest);
        }
    }
}
