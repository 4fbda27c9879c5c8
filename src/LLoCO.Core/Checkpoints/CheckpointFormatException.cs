namespace LLoCO.Core.Checkpoints;

/// <summary>A model, adapter or cache file is invalid. No part of it was used.</summary>
public sealed class CheckpointFormatException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="file">The file at fault.</param>
    /// <param name="key">The tensor name or configuration key at fault, or <see langword="null"/> for the file as a
    /// whole.</param>
    /// <param name="fault">What is wrong, and where there is one, the remedy.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public CheckpointFormatException(string file, string? key, string fault, Exception? innerException = null)
        : base(key is null ? $"{file}: {fault}" : $"{file}: '{Shorten(key)}': {fault}", innerException)
    {
        File = file;
        Key = key;
        Fault = fault;
    }

    /// <summary>Gets the file at fault.</summary>
    public string File { get; }

    /// <summary>Gets the tensor name or configuration key at fault, if it is one.</summary>
    public string? Key { get; }

    /// <summary>Gets what is wrong.</summary>
    public string Fault { get; }

    /// <summary>Keys come from untrusted files and may be as long as these.</summary>
    private static string Shorten(string key) => key.Length <= 200 ? key : key[..200] + "…";
}
