namespace LLoCO.Page.Tests;

/// <summary>A folder with reports.</summary>
internal static class PageReports
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"lloco-page-{Environment.ProcessId}");

    /// <summary>Writes the reports.</summary>
    /// <returns>Their folder.</returns>
    public static string Write()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "needle"));
        File.WriteAllText(Path.Combine(Folder, "needle", "index.html"), "<!doctype html><title>Needles</title><p>All found.</p>");
        File.WriteAllText(Path.Combine(Folder, "report.json"), "{}");
        return Folder;
    }

    /// <summary>Deletes them.</summary>
    public static void Delete()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
