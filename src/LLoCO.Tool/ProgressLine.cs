using LLoCO.Core;

namespace LLoCO.Tool;

/// <summary>One line on standard error that says how far an ingest is; nothing where that is not a terminal.</summary>
internal sealed class ProgressLine(TextWriter writer, int documents) : IProgress<IngestProgress>
{
    private readonly bool _shown = ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public void Report(IngestProgress value)
    {
        if (_shown)
        {
            writer.Write($"\r\u001b[K[{value.DocumentNumber}/{documents}] {value.DocumentId}: "
                + $"{value.SegmentsDone}/{value.Segments} segments");
        }
    }

    /// <summary>Makes room for a result.</summary>
    public void Clear()
    {
        if (_shown)
        {
            writer.Write("\r\u001b[K");
        }
    }
}
