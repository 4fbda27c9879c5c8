namespace LLoCO.Readers.Tables;

/// <summary>Reads tables of text (RFC 4180): each row becomes one line of column names and values.</summary>
internal sealed class CsvReader : IDocumentReader
{
    private const int MaxColumns = 16_384;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".csv", ".tsv"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        string table = PlainTextReader.Decode(content.Span, limits);
        var text = new MarkdownText(limits, cancellationToken);
        IReadOnlyList<string>? names = null;
        char separator = CsvRows.FindSeparator(ref table);
        IReadOnlyList<string> second = CsvRows.Read(table, separator).Skip(1).FirstOrDefault() ?? [];
        foreach (IReadOnlyList<string> cells in CsvRows.Read(table, separator))
        {
            if (cells.Count > MaxColumns)
            {
                throw new UnreadableException($"has a row of {cells.Count:N0} columns; at most {MaxColumns:N0} are read");
            }

            if (names is null)
            {
                bool named = CsvHeader.IsHeader(cells, second);
                names = named ? CsvHeader.Names(cells) : [.. cells.Select((_, column) => $"column {column + 1}")];
                if (named)
                {
                    continue;
                }
            }

            text.AddLine(string.Join("; ", cells.Select((cell, column) => (Name: NameOf(names, column), Cell: MarkdownText.OneLine(cell)))
                .Where(pair => pair.Cell.Length > 0).Select(pair => $"{pair.Name}: {pair.Cell}")));
        }

        // A table of a header alone has its names as text.
        if (names is not null && text.IsEmpty)
        {
            text.AddLine(string.Join("; ", names));
        }

        return text.Complete();
    }

    private static string NameOf(IReadOnlyList<string> names, int column) =>
        column < names.Count ? MarkdownText.OneLine(names[column]) : $"column {column + 1}";
}
