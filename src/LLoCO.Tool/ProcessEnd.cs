using System.Runtime.InteropServices;

namespace LLoCO.Tool;

/// <summary>Ends the process at once when all work is done and all files are closed.</summary>
internal static partial class ProcessEnd
{
    /// <summary>Ends the process. libtorch would unregister its thousands of operators one by one first, an eighth of the processor
    /// time of a question.</summary>
    /// <param name="code">The exit code.</param>
    public static void Exit(int code)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        if (!OperatingSystem.IsWindows())
        {
            ExitNow(code);
        }

        Environment.Exit(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
