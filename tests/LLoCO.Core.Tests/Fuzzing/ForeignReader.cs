namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damages a file.</summary>
/// <param name="file">The file, whole; not to be changed.</param>
/// <param name="dice">The chances of this input.</param>
internal delegate byte[] Damage(byte[] file, Dice dice);

/// <summary>One of the library's readers of files that others may have made.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Open">Makes the files beside it, and right ones to damage.</param>
/// <param name="Damages">Damage that fits the format; bytes are damaged besides.</param>
internal sealed record ForeignReader(string Name, Func<FuzzFolder, OpenedReader> Open, params Damage[] Damages)
{
    /// <summary>Gets the most time for one input. Seeds are small: one that takes longer, on a machine that does other work
    /// besides, grew something.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets the time after which an input is given up that was not read by then; three times <see cref="Longest"/> unless it is
    /// said.</summary>
    public TimeSpan? GivenUpAfter { get; init; }

    /// <summary>Gets the most bytes of one input: room for tables of the largest allowed size, which no seed fills.</summary>
    public long MaxBytes { get; init; } = 512L << 20;
}

/// <summary>A reader with everything that it needs.</summary>
/// <param name="File">The file's name in the folder.</param>
/// <param name="Seeds">Right files.</param>
/// <param name="Read">Reads the file at a path, all of it.</param>
internal sealed record OpenedReader(string File, IReadOnlyList<byte[]> Seeds, Action<string> Read);

/// <summary>A folder in memory, where there is one, and what a reader holds as long as it is fuzzed.</summary>
internal sealed class FuzzFolder : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Files are written a hundred thousand times over: where they need no disk they wear none.</summary>
    public static string Root { get; } = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();

    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(Root, "lloco-fuzz-" + Guid.NewGuid().ToString("N"))).FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned.AsEnumerable().Reverse())
        {
            owned.Dispose();
        }

        Directory.Delete(Path, recursive: true);
    }
}
