using System.CommandLine;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Readers;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options of <c>lloco pretrain</c> that name its documents.</summary>
/// <param name="console">Is told what of a folder is not read.</param>
internal sealed class PretrainCorpus(ToolConsole console)
{
    private readonly Option<string[]> _corpus = new("--corpus")
    {
        Description = "Text: files, or folders of .txt and .md files.", AllowMultipleArgumentsPerToken = true, HelpName = "PATH",
    };

    private readonly Option<string?> _questions = new("--questions")
    {
        Description = "Question file: its documents are read whole, and asked behind their summaries.", HelpName = "FILE",
    };

    private readonly Option<int> _segments = CommonArguments.AtLeast(1, new Option<int>("--segments")
    {
        Description = "Segments of a sequence of text.", DefaultValueFactory = _ => 4, HelpName = "N",
    });

    private readonly Option<double> _holdOut = new("--hold-out")
    {
        Description = "Share of the sequences and documents that is validated on instead of learned.",
        DefaultValueFactory = _ => 0.05,
    };

    private bool _said;

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in new Option[] { _corpus, _questions, _segments, _holdOut })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options of training.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed, PretrainArguments options)
    {
        parsed.EnsureNoneWithout(parsed.GetValue(_corpus) is { Length: > 0 }, _corpus.Name, _segments);
        parsed.EnsureNoneWithout(parsed.GetValue(_questions) is not null, _questions.Name, options.QuestionWeight);
        parsed.EnsureNoneWithout(parsed.GetValue(_holdOut) != 0, $"{_holdOut.Name} above 0", options.Validating(parsed));
    }

    /// <summary>All texts, for a tokenizer to learn from.</summary>
    public IEnumerable<string> Texts(ParseResult parsed) => Files(parsed).Concat(
        Questions(parsed).SelectMany(item => item.Document is null ? (string[])[item.Question] : [item.Document, item.Question]));

    /// <summary>Reads the documents.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="trainer">Gives the tokenizer and the length of a sequence.</param>
    /// <param name="seed">Chooses what is held out.</param>
    public PretrainDocuments Read(ParseResult parsed, CompressorTrainer trainer, long seed)
    {
        double share = parsed.GetValue(_holdOut);
        if (share is not (>= 0 and < 1))
        {
            throw new ToolUsageException($"--hold-out is {share}; it must be at least 0 and below 1.");
        }

        var all = new List<CompressorDocument>();
        if (parsed.GetValue(_corpus) is { Length: > 0 })
        {
            CompressorCorpus sequences = CompressorCorpus.FromTexts(
                trainer.Tokenizer, Files(parsed), parsed.GetValue(_segments) * trainer.Config.SegmentLength);
            all.AddRange(Enumerable.Range(0, sequences.Count).Select(index => sequences.Get(index, 0)));
        }

        foreach (IGrouping<string?, QuestionItem> document in Questions(parsed).GroupBy(item => item.DocumentId))
        {
            all.Add(Document(document, trainer));
        }

        if (all.Count == 0)
        {
            throw new ToolUsageException("There is nothing to train on. Name text with --corpus, or questions with --questions.");
        }

        // Holds out every N-th document, from an offset that the seed chooses, so that they come from the whole corpus.
        int every = share > 0 ? (int)Math.Max(2, Math.Round(1 / share)) : int.MaxValue;
        bool IsHeldOut(int place) => all.Count > 1 && share > 0 && (place + seed) % every == every - 1;
        return new PretrainDocuments(
            new CompressorCorpus(all.Where((_, place) => !IsHeldOut(place))),
            [.. all.Where((_, place) => IsHeldOut(place))]);
    }

    private static CompressorDocument Document(IGrouping<string?, QuestionItem> items, CompressorTrainer trainer)
    {
        string text = items.First().Document
            ?? throw new LlocoException($"The question '{items.First().Id}' has no document.");
        return new CompressorDocument(
            items.Key!,
            trainer.Tokenizer.Encode(text).ToArray(),
            [.. items.Select(item => trainer.MakeQuestion(item.Group, item.Question, item.Answers[0]))]);
    }

    private IReadOnlyList<QuestionItem> Questions(ParseResult parsed) =>
        parsed.GetValue(_questions) is { } file ? QuestionDocuments.ReadQuestions(file) : [];

    private IEnumerable<string> Files(ParseResult parsed)
    {
        if (parsed.GetValue(_corpus) is not { Length: > 0 } paths)
        {
            return [];
        }

        var files = new DocumentFiles([".txt", ".md", ".markdown"]);
        IReadOnlyList<FoundFile> found = files.Find(paths);

        // The tokenizer and the model read the same folders.
        if (!_said)
        {
            PassedOver.Say(files, console);
            _said = true;
        }

        return found.Select(file => TextFile.Read(file.Path));
    }
}

/// <summary>The documents of a pretraining run.</summary>
/// <param name="Learned">Documents that are learned.</param>
/// <param name="HeldOut">Documents that are validated on.</param>
internal sealed record PretrainDocuments(CompressorCorpus Learned, IReadOnlyList<CompressorDocument> HeldOut);
