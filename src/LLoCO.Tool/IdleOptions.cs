using System.CommandLine;

namespace LLoCO.Tool;

/// <summary>Refuses options that would do nothing on a command line: whoever gives one expects something of it.</summary>
internal static class IdleOptions
{
    /// <summary>Tells whether an option is given, rather than left to its default.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    public static bool Has(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Refuses options that do nothing without something else.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="other">What it is, as the message names it.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ToolUsageException">It is not there, and one of the options is given.</exception>
    public static void EnsureNoneWithout(this ParseResult parsed, bool isThere, string other, params IEnumerable<Option> options)
    {
        if (!isThere && options.FirstOrDefault(parsed.Has) is { } given)
        {
            throw new ToolUsageException($"{given.Name} does nothing without {other}. Leave it out, or give that too.");
        }
    }

    /// <summary>Refuses options that do nothing beside something else.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="other">What it is, as the message names it.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ToolUsageException">It is there, and one of the options is given, too.</exception>
    public static void EnsureNoneBeside(this ParseResult parsed, bool isThere, string other, params IEnumerable<Option> options)
    {
        if (isThere && options.FirstOrDefault(parsed.Has) is { } given)
        {
            throw new ToolUsageException($"{given.Name} does nothing beside {other}. Leave one of them out.");
        }
    }
}
