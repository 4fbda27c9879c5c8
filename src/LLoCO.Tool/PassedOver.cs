using LLoCO.Readers;

namespace LLoCO.Tool;

/// <summary>Says what of a folder is not read.</summary>
internal static class PassedOver
{
    /// <summary>Writes a line for each link, and one for all files of other kinds.</summary>
    /// <param name="files">What looked through the folders.</param>
    /// <param name="console">Its error output takes the lines.</param>
    public static void Say(DocumentFiles files, ToolConsole console)
    {
        foreach (string link in files.Links)
        {
            console.Error.WriteLine($"{link}: a link, passed over");
        }

        if (files.Others.Count > 0)
        {
            console.Error.WriteLine($"{files.Others.Values.Sum()} files of other kinds passed over: "
                + string.Join(", ", files.Others.Select(kind => $"{kind.Value} {kind.Key}")));
        }
    }
}
