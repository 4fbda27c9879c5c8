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

    /// <summary>The requested CUDA device does not exist.</summary>
    CudaAbsent = 3,

    /// <summary>The native library exists but does not load; the message quotes the reason.</summary>
    LoadFailed = 4,
}
