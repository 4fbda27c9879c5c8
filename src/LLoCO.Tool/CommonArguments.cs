using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Runtime;
using LLoCO.Postgres;

namespace LLoCO.Tool;

/// <summary>Options that several verbs share, and their effect on a pipeline.</summary>
internal sealed class CommonArguments
{
    /// <summary>Gets whether results are JSON.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object per result.", Recursive = true };

    /// <summary>Gets whether logs and the stack of errors are shown.</summary>
    public Option<bool> Verbose { get; } =
        new("--verbose", "-v") { Description = "Also writes logs, and the stack of errors.", Recursive = true };

    /// <summary>Gets the model folder.</summary>
    public Option<string?> Model { get; } =
        new("--model")
        {
            Description = "Model folder, or 'open' for the embedded model that reads words it has never seen (8x); default: the embedded "
                + "model of the practice corpus (32x).",
            HelpName = "FOLDER|open",
        };

    /// <summary>Gets the device of the tensors.</summary>
    public Option<string> Device { get; } =
        new("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };

    /// <summary>Gets the number format of the weights.</summary>
    public Option<WeightPrecision> Precision { get; } = new("--precision")
    {
        Description = "Number format of the weights.",
        DefaultValueFactory = _ => WeightPrecision.AsStored,
    };

    /// <summary>Gets the weight format of decode steps.</summary>
    public Option<DecodeWeights> DecodeWeights { get; } = new("--decode-weights")
    {
        Description = "Weight format of decode steps: as stored, 8 bits or 4 bits.",
    };

    /// <summary>Gets the number of decoding threads.</summary>
    public Option<int> DecodeThreads { get; } = AtLeast(0, new Option<int>("--decode-threads")
    {
        Description = "Number of decoding threads; 0 for the number of cores.",
    });

    /// <summary>Gets what generates.</summary>
    public Option<DecodeEngineKind> DecodeEngine { get; } = new("--decode-engine")
    {
        Description = "Decoding engine: the library's kernels where they can be used, or libtorch.",
    };

    /// <summary>Gets the folder of prefix keys and values.</summary>
    public Option<string?> PrefixFolder { get; } = new("--prefix-folder")
    {
        Description = "Keeps the KV cache of summary embeddings in this folder, for later questions and other processes.",
        HelpName = "DIR",
    };

    /// <summary>Gets the chat template.</summary>
    public Option<string?> Template { get; } = new("--template")
    {
        Description = "Chat template around questions: none, chat (the model's own) or a Jinja file; default: the model's own, if it has one.",
        HelpName = "none|chat|FILE",
    };

    /// <summary>Gets the adapter.</summary>
    public Option<string?> Adapter { get; } = new("--adapter")
    {
        Description = "PEFT folder, name of an adapter of the model, or none; default: the adapter with the group's name.",
        HelpName = "DIR|NAME",
    };

    /// <summary>Gets the folder of adapters.</summary>
    public Option<string?> Adapters { get; } = new("--adapters")
    {
        Description = "Folder of PEFT folders, each named as the group that it is for.", HelpName = "DIR",
    };

    /// <summary>Sets the minimum of a number; a smaller value is wrong usage.</summary>
    /// <param name="least">The least value.</param>
    /// <param name="option">The option.</param>
    /// <returns>The same option.</returns>
    public static Option<T> AtLeast<T>(int least, Option<T> option)
    {
        option.Validators.Add(result =>
        {
            // A value that is no number has its own message already, and reading it would throw.
            if (result.Tokens is [{ } token]
                && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value < least)
            {
                result.AddError($"{option.Name} must be at least {least}.");
            }
        });
        return option;
    }

    /// <summary>Makes the option of a count.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="least">The least value; what is below it is wrong usage.</param>
    /// <param name="value">The value where it is left out.</param>
    /// <param name="description">What help says.</param>
    public static Option<int> Number(string name, int least, int value, string description) =>
        AtLeast(least, new Option<int>(name) { Description = description, DefaultValueFactory = _ => value });

    /// <summary>Makes the option of a count whose default is not a number.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="least">The least value; what is below it is wrong usage.</param>
    /// <param name="description">What help says.</param>
    public static Option<int?> NumberOrNone(string name, int least, string description) =>
        AtLeast(least, new Option<int?>(name) { Description = description });

    /// <summary>Adds the options of a verb that loads a model.</summary>
    /// <param name="verb">The verb.</param>
    public void AddModelTo(Command verb)
    {
        verb.Options.Add(Model);
        verb.Options.Add(Device);
        verb.Options.Add(Precision);
        verb.Options.Add(DecodeWeights);
        verb.Options.Add(DecodeThreads);
        verb.Options.Add(DecodeEngine);
        verb.Options.Add(Template);
    }

    /// <summary>Reads the device.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">The text names no device.</exception>
    public LlocoDevice ParseDevice(ParseResult parsed)
    {
        try
        {
            return LlocoDevice.Parse(parsed.GetValue(Device)!);
        }
        catch (FormatException failure)
        {
            throw new ToolUsageException("--device: " + failure.Message);
        }
    }

    /// <summary>Finds the model of the options.</summary>
    /// <param name="parsed">The command line.</param>
    public ModelPackage Package(ParseResult parsed) => EmbeddedModel.Find(parsed.GetValue(Model));

    /// <summary>Creates the builder of the pipeline from the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="console">Where logs go.</param>
    public LlocoPipelineBuilder Describe(ParseResult parsed, ToolConsole console)
    {
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .AddPostgresIndexes()
            .UseDevice(ParseDevice(parsed))
            .UsePrecision(parsed.GetValue(Precision))
            .UseModel(Package(parsed))
            .UseDecoding(new DecodingOptions
            {
                Engine = parsed.GetValue(DecodeEngine),
                Weights = parsed.GetValue(DecodeWeights),
                Threads = parsed.GetValue(DecodeThreads),
            })
            .UsePrefixCache(new PrefixCacheOptions { Folder = parsed.GetValue(PrefixFolder) });
        if (parsed.GetValue(Template) is { } template)
        {
            builder.UseChatTemplate(template);
        }

        return builder.UseLogging(new WriterLoggerFactory(console.Error, console.Verbose));
    }

    /// <summary>Finds the adapter of the options; a folder is added to the pipeline first.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="builder">The pipeline's description.</param>
    /// <returns>The adapter's name, or <see langword="null"/> for the one named as the group.</returns>
    public string? AddAdapter(ParseResult parsed, LlocoPipelineBuilder builder)
    {
        AddAdapters(parsed, builder);
        string? adapter = parsed.GetValue(Adapter);
        if (adapter is null || !Directory.Exists(adapter))
        {
            return adapter;
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(adapter)));
        builder.AddAdapter(name, adapter);
        return name;
    }

    /// <summary>Adds the adapters of a folder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="builder">The pipeline's description.</param>
    /// <exception cref="ToolUsageException">The folder holds none.</exception>
    public void AddAdapters(ParseResult parsed, LlocoPipelineBuilder builder)
    {
        if (parsed.GetResult(Adapters) is null || parsed.GetValue(Adapters) is not { } folder)
        {
            return;
        }

        string[] found = Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Where(one => File.Exists(Path.Combine(one, "adapter_config.json"))).Order(StringComparer.Ordinal)]
            : [];
        if (found.Length == 0)
        {
            throw new ToolUsageException($"--adapters: '{folder}' has no folder with an adapter_config.json.");
        }

        foreach (string one in found)
        {
            builder.AddAdapter(Path.GetFileName(one), one);
        }
    }
}
