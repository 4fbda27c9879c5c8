using LLoCO.Training.Probing;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Sets the number of libtorch's threads in measurements.</summary>
internal static class BenchThreads
{
    /// <summary>Gives libtorch's operators on a model's thread a number of threads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">How many; at least 1.</param>
    /// <param name="cancellationToken">Takes the setting out of the queue.</param>
    /// <returns>How many they use from now on, as libtorch says it.</returns>
    /// <remarks>The number belongs to the thread that calls operators: set on another thread, it would change nothing for the
    /// model's, and the header of the measurement would be wrong.</remarks>
    public static Task<int> LimitAsync(ModelProbe model, int threads, CancellationToken cancellationToken = default) =>
        model.RunAsync(
            _ =>
            {
                set_num_threads(threads);
                return get_num_threads();
            },
            cancellationToken);
}
