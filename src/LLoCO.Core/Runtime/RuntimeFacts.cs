using System.Runtime.InteropServices;

namespace LLoCO.Core.Runtime;

/// <summary>What was found out about this process, before anything is concluded from it.</summary>
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

    /// <summary>The device that was asked for.</summary>
    public required LlocoDevice Device { get; init; }

    /// <summary>Whether libtorch was built with CUDA; looked at only where a CUDA device was asked for.</summary>
    public bool HasCudaLibrary { get; init; }

    /// <summary>CUDA devices that libtorch sees; looked at only where a CUDA device was asked for.</summary>
    public int CudaDevices { get; init; }
}
