using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core.Evaluation;

namespace LLoCO.Tool.Reports;

/// <summary>Writes an evaluation as JSON, Markdown and a page.</summary>
/// <param name="table">The answers.</param>
/// <param name="settings">What they depend on.</param>
/// <param name="metric">The metric of charts and of the short table.</param>
/// <param name="nativeWindow">The model's native window, which the page's charts mark.</param>
/// <param name="against">The row that the others are compared with; <see langword="null"/> for the method's.</param>
internal sealed class EvaluationReportFiles(
    EvaluationTable table, IReadOnlyDictionary<string, string> settings, string metric, int nativeWindow, string? against)
{
    /// <summary>Name of the page.</summary>
    public const string Page = "index.html";

    private const string Method = "lloco";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    /// <summary>Writes the three files; those that are there are replaced.</summary>
    /// <param name="folder">Their folder; must exist.</param>
    public void Write(string folder)
    {
        var content = new ReportContent(
            table, settings, table.Metrics.Contains(metric) ? metric : table.Metrics.FirstOrDefault() ?? metric, nativeWindow,
            against ?? table.Rows.FirstOrDefault(row => row == Method) ?? table.Rows[^1]);
        WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(ToJson(content), Options) + "\n");
        WriteText(Path.Combine(folder, "report.md"), MarkdownReport.Of(content));
        WriteText(Path.Combine(folder, Page), HtmlReport.Of(content));
    }

    private static object ToJson(ReportContent content) => new
    {
        settings = content.Settings,
        native_window = content.NativeWindow,
        rows = content.Cells().Select(ReportText.ToJson),
        differences = content.Differences().Select(ReportText.ToJson),
        by_length = content.Table.Rows.SelectMany(content.Table.ByLength).Select(ReportText.ToJson),
    };

    private static void WriteText(string path, string text)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
