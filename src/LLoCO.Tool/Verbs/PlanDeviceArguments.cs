using System.CommandLine;
using LLoCO.Evaluation.Planning;

namespace LLoCO.Tool.Verbs;

/// <summary>The device figures, where they are given rather than measured.</summary>
internal sealed class PlanDeviceArguments
{
    private const double Giga = 1e9;

    private readonly Option<double?> _flops = Figure("--gflops", "GFLOP/s of matrices; measured here where it is left out.");
    private readonly Option<double?> _weights = Figure("--gbytes", "GB/s of weights read; goes with --gflops.");
    private readonly Option<double?> _attention = Figure("--attention-gflops", "GFLOP/s of attention.");
    private readonly Option<double?> _keyValues = Figure("--cache-gbytes", "GB/s of keys and values read.");
    private readonly Option<double?> _training = Figure("--training-gflops", "GFLOP/s of training.");

    /// <summary>Gets all options.</summary>
    public IReadOnlyList<Option> All => [_flops, _weights, _attention, _keyValues, _training];

    public void AddTo(Command verb)
    {
        foreach (Option option in All)
        {
            verb.Options.Add(option);
        }
    }

    public DeviceFigures? Given(ParseResult parsed)
    {
        parsed.EnsureNoneWithout(parsed.Has(_flops), _flops.Name, _attention, _keyValues, _training);
        return (parsed.GetValue(_flops), parsed.GetValue(_weights)) switch
        {
            (null, null) => null,
            ({ } flops, { } weights) => new DeviceFigures
            {
                FlopsPerSecond = flops * Giga,
                WeightBytesPerSecond = weights * Giga,
                AttentionFlopsPerSecond = parsed.GetValue(_attention) * Giga,
                CacheBytesPerSecond = parsed.GetValue(_keyValues) * Giga,
                TrainingFlopsPerSecond = parsed.GetValue(_training) * Giga,
            },
            _ => throw new ToolUsageException("--gflops and --gbytes go together; without both this machine is measured."),
        };
    }

    private static Option<double?> Figure(string name, string description) => new(name) { Description = description };
}
