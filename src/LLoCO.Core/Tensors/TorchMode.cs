using TorchSharp;

namespace LLoCO.Core.Tensors;

/// <summary>The dispose scope and the gradient mode of one piece of work on a model's thread. libtorch is asked for the mode only
/// when the work needs libtorch: a short answer of a small model does not.</summary>
internal sealed class TorchMode : IDisposable
{
    [ThreadStatic]
    private static TorchMode? _current;

    private readonly bool _gradients;
    private readonly TorchMode? _outer;
    private DisposeScope? _scope;
    private IDisposable? _mode;

    private TorchMode(bool gradients)
    {
        _gradients = gradients;
        _outer = _current;
        _current = this;
    }

    /// <summary>Begins a piece of work on this thread.</summary>
    /// <param name="gradients">Whether autograd is on.</param>
    /// <param name="needed">Whether libtorch is loaded at once.</param>
    /// <returns>Ends the work when disposed, on the same thread.</returns>
    /// <exception cref="LlocoRuntimeException">libtorch is needed and cannot be used here.</exception>
    internal static TorchMode Begin(bool gradients, bool needed)
    {
        if (needed)
        {
            LlocoRuntime.EnsureAvailable();
        }

        var mode = new TorchMode(gradients);
        if (LlocoRuntime.IsLoaded)
        {
            mode.Enter();
        }

        return mode;
    }

    /// <summary>Makes sure that libtorch is loaded, and that the work on this thread has its scope and mode. Call it before the first
    /// use of libtorch in work that may do without.</summary>
    /// <exception cref="LlocoRuntimeException">libtorch cannot be used here.</exception>
    internal static void Use()
    {
        LlocoRuntime.EnsureAvailable();
        _current?.Enter();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mode?.Dispose();
        _scope?.Dispose();
        _current = _outer;
    }

    private void Enter()
    {
        if (_scope is null)
        {
            _scope = torch.NewDisposeScope();
            _mode = torch.inference_mode(!_gradients);
        }
    }
}
