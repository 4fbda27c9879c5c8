using LLoCO.Core.Families;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Work space of an <see cref="InferencePass"/>: the size of its temporaries, and memory for widened weights.</summary>
internal sealed class PassMemory : IDisposable
{
    /// <summary>Most bytes of a temporary of the SwiGLU block: the C library maps and faults in larger ones anew each time.
    /// Smaller ones would have the weights read and packed more often.</summary>
    private const long TemporaryBytes = 31 << 20;

    private readonly LlamaConfig _config;
    private readonly ScalarType _weights;
    private Tensor _scratch = empty([0]).DetachFromDisposeScope();

    /// <summary>Prepares the process.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="weights">Number format of its weights.</param>
    internal PassMemory(LlamaConfig config, ScalarType weights)
    {
        _config = config;
        _weights = weights;
        KeepTemporaries();
    }

    /// <summary>Gets an empty tensor, which represents a missing weight.</summary>
    internal Tensor None { get; } = empty([0]).DetachFromDisposeScope();

    /// <summary>Rows of the SwiGLU block at once: as many as there are, or an even share of them.</summary>
    internal long FeedForwardRows(Tensor rows)
    {
        long count = rows.size(0);
        long max = Math.Max(1, TemporaryBytes / (_config.IntermediateSize * rows.element_size()));
        long blocks = (count + max - 1) / max;
        return (count + blocks - 1) / blocks;
    }

    /// <summary>Allocates memory for widened weights, the SwiGLU block's three at once; none if nothing is widened.</summary>
    /// <param name="type">The format that the pass computes in.</param>
    internal Tensor Scratch(ScalarType type)
    {
        if (type == _weights)
        {
            return None;
        }

        if (_scratch.numel() == 0)
        {
            long attention = (long)_config.HiddenSize * _config.Heads * _config.HeadDimension;
            long feedForward = 3L * _config.HiddenSize * _config.IntermediateSize;
            _scratch.Dispose();
            _scratch = empty([Math.Max(attention, feedForward)], dtype: type).DetachFromDisposeScope();
        }

        return _scratch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        None.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Glibc returns free memory to the system if there is more of it than twice the largest block ever freed; the next
    /// layer then faults it in again. Freeing one large, untouched block raises that limit. Other C libraries are not
    /// affected.</summary>
    private static void KeepTemporaries() => empty([TemporaryBytes], dtype: ScalarType.Byte).Dispose();
}
