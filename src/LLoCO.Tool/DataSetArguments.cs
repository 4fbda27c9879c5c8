using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool;

/// <summary>The options for data sets, and the questions that they select.</summary>
internal sealed class DataSetArguments
{
    private const string BabiName = "babi";
    private const int DefaultTokens = 4096;

    private static readonly IReadOnlyList<string> Formats =
        [.. DataSetFormats.All.Select(format => format.Name), DataSetFormats.BabiLongName];

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Data set in its published form: a file; for fairytaleqa also a folder of question files. May be repeated; "
            + "NAME=PATH sets its name in the results.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "PATH",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = $"Its format: {string.Join(", ", Formats)}.", DefaultValueFactory = _ => "jsonl", HelpName = "FORMAT",
    };

    private readonly Option<bool> _skipBroken = new("--skip-broken")
    {
        Description = "Skips broken lines and names them on standard error; otherwise the first one ends the run.",
    };

    private readonly Option<int?> _limit = CommonArguments.AtLeast(
        1, new Option<int?>("--limit")
        {
            Description = "Only N questions of each data set, spread evenly over it.", HelpName = "N",
        });

    private readonly Option<int?> _documents = CommonArguments.AtLeast(
        1, new Option<int?>("--documents")
        {
            Description = "Only questions about the first N documents of each data set.", HelpName = "N",
        });

    private readonly Option<string[]> _except = new("--except")
    {
        Description = "Leaves out questions of babi and babilong whose facts also stand in these files, such as the training split, "
            + "and says how many.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "FILE",
    };

    private readonly Option<string?> _books = new("--books")
    {
        Description = "Folder of books in which babilong hides its facts.", HelpName = "FOLDER",
    };

    private readonly Option<string?> _booksOnly = new("--books-only")
    {
        Description = "Uses only the books in this list, one file name per line.", HelpName = "FILE",
    };

    private readonly Option<string?> _booksExcept = new("--books-except")
    {
        Description = "Uses all books except those in this list, such as training/books.txt.", HelpName = "FILE",
    };

    private readonly Option<int[]> _tokens = new("--tokens")
    {
        Description = "Maximum tokens of a babilong document, by the model's tokenizer; several lengths give several data sets.",
        DefaultValueFactory = _ => [DefaultTokens],
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<long> _seed = new("--seed") { Description = "Seed for the books and positions of babilong." };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        _format.AcceptOnlyFromAmong([.. Formats]);
        foreach (Option option in new Option[]
        {
            _data, _format, _skipBroken, _limit, _documents, _except, _books, _booksOnly, _booksExcept, _tokens, _seed,
        })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Finds the requested data sets and reads them once, so that faults in them are reported before a model is
    /// loaded.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">Its tokenizer counts the tokens of babilong.</param>
    /// <param name="console">Where broken lines are named.</param>
    /// <exception cref="ToolUsageException">babilong is requested without books, or two data sets would have one
    /// name.</exception>
    public IReadOnlyList<NamedDataSet> Find(ParseResult parsed, ModelPackage model, ToolConsole console)
    {
        parsed.EnsureNoneWithout(
            parsed.GetValue(_format) is DataSetFormats.BabiLongName or BabiName,
            $"{_format.Name} {BabiName} or {DataSetFormats.BabiLongName}", _except);
        parsed.EnsureNoneWithout(
            parsed.GetValue(_format) == DataSetFormats.BabiLongName, $"{_format.Name} {DataSetFormats.BabiLongName}",
            _books, _booksOnly, _booksExcept, _tokens, _seed);
        (string Name, string Path)[] files = [.. parsed.GetValue(_data)!.Select(Split)];
        IEnumerable<NamedDataSet> sets = parsed.GetValue(_format) == DataSetFormats.BabiLongName
            ? BabiLong(parsed, model, files)
            : files.Select(file => Plain(parsed, file));
        HashSet<string> except = KnownDocuments(parsed);
        NamedDataSet[] found = [.. sets.Select(set => set with { Except = except })];
        if (found.GroupBy(set => set.Name).FirstOrDefault(same => same.Count() > 1) is { } doubled)
        {
            throw new ToolUsageException($"Two data sets would be called '{doubled.Key}'. Give each a name: --data NAME=PATH.");
        }

        Action<BrokenLine>? skip = parsed.GetValue(_skipBroken)
            ? line => console.Error.WriteLine($"lloco: passed over {line}")
            : null;
        foreach (NamedDataSet set in found)
        {
            set.Choose(skip);
            if (parsed.Has(_except))
            {
                console.Error.WriteLine(
                    $"lloco: {set.Name}: {set.LeftOut} questions left out, since their facts also stand in "
                    + string.Join(", ", parsed.GetValue(_except)!.Select(Path.GetFileName)));
            }
        }

        return found.Length == 1 && !parsed.GetValue(_data)![0].Contains('=', StringComparison.Ordinal)
            ? [found[0] with { Name = string.Empty }]
            : found;
    }

    private static (string Name, string Path) Split(string data)
    {
        int equals = data.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && !Path.Exists(data))
        {
            return (data[..equals], data[(equals + 1)..]);
        }

        // The files of the practice corpus all have one name: the folder's tells them apart.
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        string name = Path.GetFileNameWithoutExtension(full);
        return (name == "questions" ? Path.GetFileName(Path.GetDirectoryName(full)!) : name, data);
    }

    private NamedDataSet Plain(ParseResult parsed, (string Name, string Path) file)
    {
        DataSetFormat format = DataSetFormats.ByName(parsed.GetValue(_format)!);
        format = format.Reader is JsonLinesReader ? format with { Reader = new JsonLinesReader(QuestionDocuments.Read) } : format;
        return new NamedDataSet(file.Name, file.Path, format, null, Skips(parsed), Limit(parsed), Documents(parsed));
    }

    private IEnumerable<NamedDataSet> BabiLong(ParseResult parsed, ModelPackage model, (string Name, string Path)[] files)
    {
        string folder = parsed.GetValue(_books)
            ?? throw new ToolUsageException("--format babilong needs --books, a folder of books to hide the facts in.");
        IReadOnlyList<string> books = BookFiles.Find(folder, parsed.GetValue(_booksOnly), parsed.GetValue(_booksExcept));
        ITokenizer tokenizer = TokenizerFile.Load(model.Folder);
        int[] lengths = parsed.GetValue(_tokens)!;
        foreach (int tokens in lengths)
        {
            var haystack = new BabiLongHaystack(books, tokenizer, tokens, parsed.GetValue(_seed));
            DataSetFormat format = DataSetFormats.BabiLong(haystack);
            foreach ((string name, string path) in files)
            {
                string length = tokens % 1024 == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{tokens / 1024}k")
                    : tokens.ToString(CultureInfo.InvariantCulture);
                yield return new NamedDataSet(
                    lengths.Length == 1 ? name : $"{name}@{length}", path, format, haystack, Skips(parsed), Limit(parsed),
                    Documents(parsed));
            }
        }
    }

    /// <summary>The ids of the documents of other files, without the books that hide their facts.</summary>
    private HashSet<string> KnownDocuments(ParseResult parsed) =>
        [.. (parsed.GetValue(_except) ?? []).SelectMany(file => new BabiReader().Read(file)).Select(item => item.DocumentId!)];

    private bool Skips(ParseResult parsed) => parsed.GetValue(_skipBroken);

    private int Limit(ParseResult parsed) => parsed.GetValue(_limit) ?? int.MaxValue;

    private int Documents(ParseResult parsed) => parsed.GetValue(_documents) ?? int.MaxValue;
}
