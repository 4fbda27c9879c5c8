using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Evaluation.Reports;

/// <summary>Writes an evaluation as JSON (<c>report.json</c>), Markdown (<c>report.md</c>) and one self-contained page with
/// charts (<c>index.html</c>).</summary>
/// <param name="table">The answers.</param>
/// <param name="nativeWindow">The model's native window, which the charts mark.</param>
public sealed class EvaluationReportFiles(EvaluationTable table, int nativeWindow)
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

    /// <summary>Gets what the answers depend on, which the page lists.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the metric of the charts.</summary>
    /// <value>Default <see langword="null"/>: the first.</value>
    public string? Metric { get; init; }

    /// <summary>Gets the row that the others are compared with.</summary>
    /// <value>Default <see langword="null"/>: the method's.</value>
    public string? Against { get; init; }

    /// <summary>Writes the three files and replaces existing ones.</summary>
    /// <param name="folder">Their folder; must exist.</param>
    public void Write(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string metric = Metric is { } named && table.Metrics.Contains(named) ? named : table.Metrics is [string first, ..] ? first : "em";
        string against = Against ?? table.Rows.FirstOrDefault(row => row == Method) ?? table.Rows[^1];
        var content = new ReportContent(table, Settings, metric, nativeWindow, against);
        WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(ToJson(content), Options) + "\n");
        WriteText(Path.Combine(folder, "report.md"), MarkdownReport.Create(content));
        WriteText(Path.Combine(folder, Page), HtmlReport.Create(content));
    }

    private static object ToJson(ReportContent content) => new
    {
        settings = content.Settings,
        native_window = content.NativeWindow,
        rows = content.Cells().Select(ReportText.ToJson),
        differences = content.Differences().Select(ReportText.ToJson),
        by_length = content.Table.Rows.SelectMany(content.Table.ByLength).Select(ReportText.ToJson),
    };

    private static void WriteText(string path, string text) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
