namespace LLoCO.Core;

/// <summary>Why libtorch cannot be used on this machine or by this application.</summary>
public enum LlocoRuntimeFault
{
    /// <summary>The application brings no libtorch: it references neither backend package and loaded none itself.</summary>
    MissingBackend = 0,

    /// <summary>The system's C++ or C library is older than the native library needs.</summary>
    OldSystemLibrary = 1,

    /// <summary>TorchSharp has no working native library for this operating system and processor.</summary>
    UnsupportedPlatform = 2,

    /// <summary>A CUDA device was asked for that is not there.</summary>
    CudaAbsent = 3,

    /// <summary>The native library is there and does not load, for a reason of its own, which the message quotes.</summary>
    LoadFailed = 4,
}
