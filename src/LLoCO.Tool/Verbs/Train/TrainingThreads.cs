using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>Gives the thread of a model that is loaded meanwhile a number of threads to compute with.</summary>
/// <remarks>libtorch keeps the number for each thread; one that computes for the first time begins with the last number that any thread was
/// given. So it is set before the model is loaded, and put back at the end.</remarks>
internal sealed class TrainingThreads : IDisposable
{
    private readonly int _before = get_num_threads();

    /// <summary>Sets the number.</summary>
    /// <param name="threads">How many; <see langword="null"/> to leave it as it is.</param>
    public TrainingThreads(int? threads)
    {
        if (threads is { } wanted)
        {
            set_num_threads(wanted);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => set_num_threads(_before);
}
