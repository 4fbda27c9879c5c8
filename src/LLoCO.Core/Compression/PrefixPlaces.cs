namespace LLoCO.Core.Compression;

/// <summary>Where the key/value memories of several documents lie in one prefix. The numbers are those of the public choice in the
/// training package.</summary>
internal enum PrefixPlaces
{
    /// <summary>End to end while they take at most three quarters of the window, else side by side.</summary>
    Auto = 0,

    /// <summary>End to end: each keeps the positions of its whole text, one behind the other.</summary>
    EndToEnd = 1,

    /// <summary>Side by side: each has its end before the prompt, as if it stood alone.</summary>
    SideBySide = 2,
}
