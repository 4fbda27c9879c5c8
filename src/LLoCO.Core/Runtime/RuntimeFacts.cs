using System.Runtime.InteropServices;

namespace LLoCO.Core.Runtime;

/// <summary>The probed facts about this process, without conclusions.</summary>
internal sealed record RuntimeFacts
{
    /// <summary><c>linux</c>, <c>osx</c>, <c>win</c>, or another name where TorchSharp has nothing.</summary>
    public required string System { get; init; }

    /// <summary>The processor this process runs on.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>Version of the managed TorchSharp: the backend package must have the same.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>The loader's words about the native library; <see langword="null"/> where it is loaded.</summary>
    public string? LoadError { get; init; }

    /// <summary>The requested device.</summary>
    public required LlocoDevice Device { get; init; }

    /// <summary>Whether libtorch was built with CUDA; probed only if a CUDA device was requested.</summary>
    public bool HasCudaLibrary { get; init; }

    /// <summary>CUDA devices that libtorch sees; probed only if a CUDA device was requested.</summary>
    public int CudaDevices { get; init; }
}
