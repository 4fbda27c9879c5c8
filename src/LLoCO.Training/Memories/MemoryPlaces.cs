namespace LLoCO.Training.Memories;

/// <summary>Where the key/value memories of several documents lie in front of one question.</summary>
public enum MemoryPlaces
{
    /// <summary>End to end while they take at most three quarters of the native window, else side by side.</summary>
    Auto = 0,

    /// <summary>End to end: each document keeps the positions of its whole text, one behind the other, so they must fit the native window
    /// together.</summary>
    EndToEnd = 1,

    /// <summary>Side by side: each document has its end before the question, as if it stood alone (parallel context windows, arXiv
    /// 2212.10947), so any number fits where the longest does.</summary>
    SideBySide = 2,
}
