using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The model that a measurement or a plan is about: a well-known shape with random weights, or a folder's.</summary>
internal static class MeasuredModel
{
    /// <summary>The shape; the model of <c>--model</c> where it is left out.</summary>
    public static Option<string?> Shape()
    {
        var option = new Option<string?>("--shape")
        {
            Description = "A well-known shape with random weights, in place of a model.", HelpName = "NAME",
        };
        option.AcceptOnlyFromAmong([.. ModelShapes.Names]);
        return option;
    }

    /// <summary>Finds the shape and the number format.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="shape">The shape that is named, if one is.</param>
    public static (LlamaConfig Config, WeightPrecision Precision) Describe(
        CommonArguments common, ParseResult parsed, string? shape)
    {
        parsed.EnsureNoneBeside(shape is not null, "--shape", common.Model);
        WeightPrecision asked = parsed.GetValue(common.Precision);
        if (shape is not null)
        {
            return (ModelShapes.Find(shape), asked == WeightPrecision.AsStored ? WeightPrecision.BFloat16 : asked);
        }

        string folder = common.Package(parsed).Folder;
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, "config.json"));
        if (asked == WeightPrecision.AsStored)
        {
            using CheckpointFolder files = CheckpointFolder.Open(folder);
            asked = files.Tensors["model.embed_tokens.weight"].ElementType == ElementType.Float32
                ? WeightPrecision.Float32
                : WeightPrecision.BFloat16;
        }

        return (config, asked);
    }

    /// <summary>Runs work with the model on the thread that owns it.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="shape">The shape that is named, if one is.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="work">Takes the meter, the shape and the bytes per number.</param>
    public static async Task<T> RunAsync<T>(
        CommonArguments common, ParseResult parsed, string? shape, int threads, Func<DeviceMeter, LlamaConfig, int, T> work)
    {
        (LlamaConfig config, WeightPrecision precision) = Describe(common, parsed, shape);
        LlocoDevice device = common.ParseDevice(parsed);
        int bytes = precision == WeightPrecision.Float32 ? 4 : 2;
        WeightPrecision kept = bytes == 4 ? WeightPrecision.Float32 : WeightPrecision.BFloat16;
        await using ModelProbe model = shape is null
            ? ModelProbe.Open(common.Package(parsed).Folder, device, precision)
            : ModelProbe.CreateRandom(config, kept, device: device);
        return await model.RunAsync(passes => Measured(passes, bytes)).ConfigureAwait(false);

        T Measured(ModelPasses model, int width)
        {
            // On the thread that computes: libtorch keeps the number for each thread. Threads that compute for the first time later
            // begin with the last number that any thread was given, so the old one is put back.
            int before = get_num_threads();
            set_num_threads(threads);
            try
            {
                using var meter = new DeviceMeter(model, width, threads);
                return work(meter, config, width);
            }
            finally
            {
                set_num_threads(before);
            }
        }
    }
}
