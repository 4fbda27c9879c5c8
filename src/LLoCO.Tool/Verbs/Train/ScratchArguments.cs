using System.CommandLine;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options of <c>lloco pretrain</c> that describe a model from scratch.</summary>
internal sealed class ScratchArguments
{
    private readonly Option<bool> _asked = new("--from-scratch") { Description = "Starts with random weights." };
    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "tokenizer.model of a model from scratch; default: learned from the corpus.", HelpName = "FILE",
    };

    private readonly Option<int> _vocabulary = Count("--vocabulary", "Pieces of a tokenizer that is learned.", 4096);
    private readonly Option<int> _hidden = Count("--hidden", "Width of a model from scratch.", 128);
    private readonly Option<int> _layers = Count("--layers", "Its layers.", 4);
    private readonly Option<int> _heads = Count("--heads", "Its attention heads.", 4);
    private readonly Option<int> _inner = Count("--inner", "Width of its feed-forward part.", 352);
    private readonly Option<int> _window = Count("--window", "Its native window.", 1024);

    private IReadOnlyList<Option> Shape => [_tokenizer, _vocabulary, _hidden, _layers, _heads, _inner, _window];

    /// <summary>Refuses options that would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The option of a model to start with.</param>
    /// <exception cref="ToolUsageException">One of them is given.</exception>
    public void Ensure(ParseResult parsed, Option model)
    {
        parsed.EnsureNoneWithout(Asked(parsed), _asked.Name, Shape);
        parsed.EnsureNoneBeside(Asked(parsed), _asked.Name, model);
        parsed.EnsureNoneBeside(parsed.GetValue(_tokenizer) is not null, _tokenizer.Name, _vocabulary);
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in Shape.Append(_asked))
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Whether to train a model from scratch.</summary>
    public bool Asked(ParseResult parsed) => parsed.GetValue(_asked);

    /// <summary>The file of the tokenizer; if none is given, it is learned from the corpus the first time.</summary>
    public string Tokenizer(ParseResult parsed, PretrainCorpus corpus, string folder)
    {
        if (parsed.GetValue(_tokenizer) is { } named)
        {
            return named;
        }

        string file = LearnedFile(folder);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var options = new SentencePieceTrainerOptions { VocabularySize = parsed.GetValue(_vocabulary) };
            AtomicFile.Write(file, stream => SentencePieceTrainer.Train(corpus.Texts(parsed), options, stream));
        }

        return file;
    }

    /// <summary>The shape. Its vocabulary is the tokenizer's, which must be there.</summary>
    public LlamaConfig Config(ParseResult parsed, ITokenizer tokenizer)
    {
        int hidden = parsed.GetValue(_hidden);
        int heads = parsed.GetValue(_heads);
        return hidden % (2 * heads) != 0
            ? throw new ToolUsageException($"--hidden {hidden} is no even multiple of --heads {heads}.")
            : new LlamaConfig
            {
                VocabularySize = tokenizer.VocabularySize,
                HiddenSize = hidden,
                IntermediateSize = parsed.GetValue(_inner),
                Layers = parsed.GetValue(_layers),
                Heads = heads,
                KeyValueHeads = heads,
                HeadDimension = hidden / heads,
                MaxPositions = parsed.GetValue(_window),
                TieWordEmbeddings = true,
                SummaryLength = 4,
                SegmentLength = 128,
                BeginOfSequenceId = tokenizer.BeginOfSequenceId,
                EndOfSequenceIds = tokenizer.EndOfSequenceIds,
            };
    }

    private static string LearnedFile(string folder) =>
        Path.Combine(folder, LLoCO.Training.TrainingFiles.Folder, "tokenizer.model");

    private static Option<int> Count(string name, string description, int otherwise) =>
        CommonArguments.AtLeast(1, new Option<int>(name)
        {
            Description = description, DefaultValueFactory = _ => otherwise, HelpName = "N",
        });
}
