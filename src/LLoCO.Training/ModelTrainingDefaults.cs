using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;

namespace LLoCO.Training;

/// <summary>
/// The training options that a model recommends for its adapters: the object <c>training</c> in its <c>lloco.json</c>, with the
/// keys <c>learning_rate</c>, <c>final_rate</c>, <c>epochs</c>, <c>batch_size</c>, <c>questions_per_prefix</c> and
/// <c>dropout</c>; and <c>training_base</c> for its weights, with <c>learning_rate</c>, <c>final_rate</c>, <c>epochs</c>,
/// <c>batch_size</c> and <c>language_weight</c>.
/// </summary>
public static class ModelTrainingDefaults
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the options that a model recommends.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The options; the original's where file or key is absent.</returns>
    /// <exception cref="CheckpointFormatException">The file is not what it must be, or a value is out of range.</exception>
    public static AdapterTrainingOptions Read(string folder)
    {
        var plain = new AdapterTrainingOptions();
        return Find(folder, "training", plain, fields => plain with
        {
            LearningRate = fields.Number("learning_rate", 0, 1, plain.LearningRate),
            FinalRate = fields.Number("final_rate", 0, 1, plain.FinalRate),
            Epochs = fields.Int("epochs", 1, 1_000_000, plain.Epochs),
            BatchSize = fields.Int("batch_size", 1, 1 << 16, plain.BatchSize),
            QuestionsPerPrefix = fields.Int("questions_per_prefix", 1, 1 << 12, plain.QuestionsPerPrefix),
            Dropout = fields.Number("dropout", 0, 0.99, plain.Dropout),
        });
    }

    /// <summary>Reads the options that a model recommends for training its weights on documents with questions.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The options. Where file or key is absent: three epochs at 2e-5, eight documents a step one by one, segments as they are read
    /// later, a tenth of the weight for the text's own next tokens.</returns>
    /// <exception cref="CheckpointFormatException">The file is not what it must be, or a value is out of range.</exception>
    public static CompressorTrainingOptions ReadBase(string folder)
    {
        var plain = new CompressorTrainingOptions
        {
            LearningRate = 2e-5, Epochs = 3, BatchSize = 1, AccumulationSteps = 8, SegmentsAsRead = true, GradientSegments = 4,
            LanguageWeight = 0.1,
        };
        return Find(folder, "training_base", plain, fields => plain with
        {
            LearningRate = fields.Number("learning_rate", 0, 1, plain.LearningRate),
            FinalRate = fields.Number("final_rate", 0, 1, plain.FinalRate),
            Epochs = fields.Int("epochs", 1, 1_000_000, plain.Epochs),
            BatchSize = fields.Int("batch_size", 1, 1 << 16, plain.BatchSize),
            AccumulationSteps = fields.Find("batch_size") is not null ? 1 : plain.AccumulationSteps,
            LanguageWeight = fields.Number("language_weight", 0, 1e6, plain.LanguageWeight),
        });
    }

    private static T Find<T>(string folder, string key, T plain, Func<JsonFields, T> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string file = Path.Combine(folder, PromptSettings.FileName);
        if (!File.Exists(file))
        {
            return plain;
        }

        using JsonDocument json = JsonFile.Read(file, MaxBytes);
        return new JsonFields(file, json.RootElement).Child(key) is { } fields ? read(fields) : plain;
    }
}
