using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Evaluation;
using LLoCO.Core.Evaluation.DataSets;
using LLoCO.Core.Tokenization;

namespace LLoCO.Tool;

/// <summary>The options that name a data set, and the questions they stand for.</summary>
internal sealed class DataSetOptions
{
    private const int DefaultTokens = 4096;

    private readonly Option<string> _data = new("--data")
    {
        Description = "Data set, as it is published: a file; for fairytaleqa also a folder of question files.",
        Required = true,
        HelpName = "PATH",
    };

    private readonly Option<string> _format = new("--format") { Description = "Its format.", DefaultValueFactory = _ => "jsonl" };

    private readonly Option<bool> _skipBroken = new("--skip-broken")
    {
        Description = "Passes over broken lines and names them on standard error; otherwise the first one ends the run.",
    };

    private readonly Option<int?> _limit = CommonOptions.AtLeast(
        1, new Option<int?>("--limit") { Description = "Only the first N questions.", HelpName = "N" });

    private readonly Option<string?> _books = new("--books")
    {
        Description = "Folder of books in which babilong hides its facts.", HelpName = "FOLDER",
    };

    private readonly Option<int> _tokens = new("--tokens")
    {
        Description = "Most tokens of a document of babilong, by the model's tokenizer.",
        DefaultValueFactory = _ => DefaultTokens,
    };

    private readonly Option<long> _seed = new("--seed") { Description = "Chooses the books and places of babilong." };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        _format.AcceptOnlyFromAmong([.. DataSetFormats.All.Select(format => format.Name), DataSetFormats.BabiLongName]);
        foreach (Option option in new Option[] { _data, _format, _skipBroken, _limit, _books, _tokens, _seed })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Finds the format that is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">Its tokenizer counts the tokens of babilong.</param>
    /// <exception cref="ToolUsageException">babilong is asked for without books.</exception>
    public DataSetFormat Format(ParseResult parsed, ModelPackage model)
    {
        string name = parsed.GetValue(_format)!;
        if (name != DataSetFormats.BabiLongName)
        {
            return DataSetFormats.ByName(name);
        }

        string books = parsed.GetValue(_books)
            ?? throw new ToolUsageException("--format babilong needs --books, a folder of books to hide the facts in.");
        ITokenizer tokenizer = TokenizerFile.Load(model.Folder);
        return DataSetFormats.BabiLong(
            new BabiLongHaystack(books, tokenizer, parsed.GetValue(_tokens), parsed.GetValue(_seed)));
    }

    /// <summary>Reads the questions, before a model is loaded for them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="format">Their format.</param>
    /// <param name="console">Where broken lines are named.</param>
    public IReadOnlyList<QuestionItem> Read(ParseResult parsed, DataSetFormat format, ToolConsole console)
    {
        Action<BrokenLine>? skip = parsed.GetValue(_skipBroken)
            ? line => console.Error.WriteLine($"lloco: passed over {line}")
            : null;
        return [.. format.Reader.Read(parsed.GetValue(_data)!, skip).Take(parsed.GetValue(_limit) ?? int.MaxValue)];
    }
}
