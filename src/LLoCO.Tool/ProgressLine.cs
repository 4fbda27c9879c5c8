using LLoCO.Core;

namespace LLoCO.Tool;

/// <summary>Shows the progress of an ingest as one line on standard error, if that is a terminal.</summary>
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

    /// <summary>Clears the progress line for a result.</summary>
    public void Clear()
    {
        if (_shown)
        {
            writer.Write("\r\u001b[K");
        }
    }
}
