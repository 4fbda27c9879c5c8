using System.Globalization;

namespace LLoCO.Benchmarks;

/// <summary>Options of the programs that BenchmarkDotNet does not run: <c>--name value</c>.</summary>
/// <param name="args">What stands behind the program's name.</param>
internal sealed class ProgramArguments(string[] args)
{
    /// <summary>Finds a text.</summary>
    /// <param name="name">The option.</param>
    /// <returns>What stands behind it; <see langword="null"/> for nothing.</returns>
    public string? Text(string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    /// <summary>Finds a number.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">What it is otherwise.</param>
    public int Number(string name, int value) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : value;
}
