using System.ComponentModel.DataAnnotations;

namespace LLoCO.Evaluation.Planning;

/// <summary>The speed of a machine with this library. <c>lloco bench device</c> measures it for a model's shape and number
/// format, because small matrices are slower than large ones.</summary>
public sealed record DeviceFigures
{
    /// <summary>Gets the floating-point operations per second of matrices over long inputs; a multiplication with its addition
    /// counts as two.</summary>
    [Range(1.0, 1e18)]
    public required double FlopsPerSecond { get; init; }

    /// <summary>Gets the bytes of weights read per second while one token is generated.</summary>
    [Range(1.0, 1e18)]
    public required double WeightBytesPerSecond { get; init; }

    /// <summary>Gets the floating-point operations per second of attention over long inputs.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="FlopsPerSecond"/>.</value>
    [Range(1.0, 1e18)]
    public double? AttentionFlopsPerSecond { get; init; }

    /// <summary>Gets the bytes of keys and values read per second while one token is generated.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="WeightBytesPerSecond"/>.</value>
    [Range(1.0, 1e18)]
    public double? CacheBytesPerSecond { get; init; }

    /// <summary>Gets the floating-point operations per second of training.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="FlopsPerSecond"/>.</value>
    [Range(1.0, 1e18)]
    public double? TrainingFlopsPerSecond { get; init; }

    /// <summary>Gets the minimum seconds of a pass through the model.</summary>
    /// <value>Default 0. It matters only for small models.</value>
    [Range(0.0, 10.0)]
    public double SecondsPerPass { get; init; }

    /// <summary>Gets the same for a pass behind stored positions, which needs a mask.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="SecondsPerPass"/>.</value>
    [Range(0.0, 10.0)]
    public double? SecondsPerPassBehind { get; init; }

    /// <summary>Gets the same for the pass that generates one token, which other code may run.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="SecondsPerPass"/>.</value>
    [Range(0.0, 10.0)]
    public double? SecondsPerStep { get; init; }
}
