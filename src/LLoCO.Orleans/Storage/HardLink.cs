using System.Runtime.InteropServices;
using LLoCO.Core;

namespace LLoCO.Orleans.Storage;

/// <summary>A second name for a file, which of several processes only one can make.</summary>
/// <remarks><see cref="File.Move(string, string, bool)"/> that must not overwrite looks for the other file and then renames outside
/// Windows: of two processes that do so at the same time, both succeed, and what the first one wrote is lost.</remarks>
internal static partial class HardLink
{
    // EEXIST of Linux and macOS.
    private const int IsThere = 17;

    /// <summary>Gives a file a name.</summary>
    /// <param name="file">The file, whose own name may go with this.</param>
    /// <param name="name">The name; in a folder of the same file system.</param>
    /// <returns>Whether the name was free.</returns>
    /// <exception cref="LlocoException">The file system has no hard links, or the folder cannot be written.</exception>
    public static bool TryCreate(string file, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMove(file, name);
        }

        if (Link(file, name) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == IsThere
            ? false
            : throw new LlocoException(
                $"{name} could not be made: {Marshal.GetPInvokeErrorMessage(error)}. The shared folder must be on a file system with hard "
                + "links, and this user must be able to write to it.");
    }

    private static bool TryMove(string file, string name)
    {
        try
        {
            File.Move(file, name, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(name))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
