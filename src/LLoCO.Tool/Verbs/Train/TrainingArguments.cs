using System.CommandLine;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The options that all training verbs share. The defaults are the model's own, or the original's.</summary>
internal sealed class TrainingArguments
{
    private readonly Option<double?> _rate = new("--learning-rate") { Description = "Highest learning rate." };
    private readonly Option<double?> _finalRate = new("--final-rate")
    {
        Description = "Learning rate at the end, as a share of the highest; 1 for a constant rate.",
    };

    private readonly Option<double?> _warmUp = new("--warm-up") { Description = "Share of the steps in which the rate rises." };
    private readonly Option<double?> _decay = new("--weight-decay") { Description = "AdamW's weight decay." };
    private readonly Option<double?> _clip = new("--clip") { Description = "Norm to which gradients are scaled down; 0: none." };
    private readonly Option<int?> _epochs = Count("--epochs", "How often all examples are seen.");
    private readonly Option<int?> _steps = Count("--steps", "Steps after which training ends all the same.");
    private readonly Option<int?> _batch = Count("--batch", "Examples of one pass.");
    private readonly Option<int?> _accumulation = Count("--accumulation", "Passes of one step.");
    private readonly Option<long?> _seed = new("--seed") { Description = "Seed of weights, order and dropout." };
    private readonly Option<int?> _checkpoint = Count("--checkpoint-every", "Steps between checkpoints.");
    private readonly Option<int?> _validate = Count("--validate-every", "Steps between validations; each epoch by default.");
    private readonly Option<int?> _patience = CommonArguments.AtLeast(0, new Option<int?>("--patience")
    {
        Description = "Validations without a lower loss after which training ends; 0: it does not end early.",
    });

    /// <summary>Gets all options.</summary>
    public IReadOnlyList<Option> All =>
    [
        _rate, _finalRate, _warmUp, _decay, _clip, _epochs, _steps, _batch, _accumulation, _seed, _checkpoint, _validate, _patience,
    ];

    /// <summary>Gets how often all examples are seen.</summary>
    public Option Epochs => _epochs;

    /// <summary>Finds the options that need validations on this command line; a patience of 0 does not.</summary>
    /// <param name="parsed">The command line.</param>
    public IReadOnlyList<Option> Validating(ParseResult parsed) => parsed.GetValue(_patience) is > 0 ? [_validate, _patience] : [_validate];

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        foreach (Option option in All)
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Replaces defaults by the given options.</summary>
    /// <typeparam name="T">The kind of options.</typeparam>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The defaults.</param>
    public T Apply<T>(ParseResult parsed, T options)
        where T : TrainingOptions => (T)(options with
        {
            LearningRate = parsed.GetValue(_rate) ?? options.LearningRate,
            FinalRate = parsed.GetValue(_finalRate) ?? options.FinalRate,
            WarmUp = parsed.GetValue(_warmUp) ?? options.WarmUp,
            WeightDecay = parsed.GetValue(_decay) ?? options.WeightDecay,
            ClipNorm = parsed.GetValue(_clip) ?? options.ClipNorm,
            Epochs = parsed.GetValue(_epochs) ?? options.Epochs,
            MaxSteps = parsed.GetValue(_steps) ?? options.MaxSteps,
            BatchSize = parsed.GetValue(_batch) ?? options.BatchSize,
            AccumulationSteps = parsed.GetValue(_accumulation) ?? options.AccumulationSteps,
            Seed = parsed.GetValue(_seed) ?? options.Seed,
            CheckpointEvery = parsed.GetValue(_checkpoint) ?? options.CheckpointEvery,
            ValidateEvery = parsed.GetValue(_validate) ?? options.ValidateEvery,
            Patience = parsed.GetValue(_patience) ?? options.Patience,
        });

    /// <summary>An option that counts from 1.</summary>
    public static Option<int?> Count(string name, string description) =>
        CommonArguments.AtLeast(1, new Option<int?>(name) { Description = description, HelpName = "N" });
}
