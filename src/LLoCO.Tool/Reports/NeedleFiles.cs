using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Evaluation.Needles;

namespace LLoCO.Tool.Reports;

/// <summary>Writes the results of a needle grid: JSON, a picture as PNG and SVG, and a page.</summary>
internal static class NeedleFiles
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    /// <summary>Writes the files and replaces existing ones.</summary>
    /// <param name="folder">Their folder; must exist.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="tables">The rows.</param>
    /// <param name="nativeWindow">The model's native window.</param>
    /// <param name="console">Gets a message about the files.</param>
    public static void Write(
        string folder, NeedleGrid grid, IReadOnlyList<NeedleTable> tables, int nativeWindow, ToolConsole console)
    {
        File.WriteAllText(
            Path.Combine(folder, "needle.json"),
            JsonSerializer.Serialize(tables.Select(table => NeedleText.ToJson(grid, table)), Options) + "\n");
        File.WriteAllText(Path.Combine(folder, "needle.html"), NeedlePage.Create(grid, tables, nativeWindow));
        var picture = new NeedlePicture(grid, tables, nativeWindow);
        picture.SavePng(Path.Combine(folder, "needle.png"));
        File.WriteAllText(Path.Combine(folder, "needle.svg"), picture.Svg());
        if (!NeedlePicture.HasFonts)
        {
            console.Error.WriteLine("lloco: this machine has no font, so needle.png and needle.svg are without words; "
                + "needle.html has them. Install one (Debian, Ubuntu: fonts-dejavu-core) for the pictures.");
        }

        console.Error.WriteLine($"lloco: the picture is {Path.Combine(folder, "needle.png")}");
    }
}
