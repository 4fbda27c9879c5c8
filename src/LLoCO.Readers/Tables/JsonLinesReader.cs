using System.Text;
using System.Text.Json;

namespace LLoCO.Readers.Tables;

/// <summary>Reads JSON lines: each object becomes one line of its keys and values.</summary>
internal sealed class JsonLinesReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".jsonl", ".ndjson"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var text = new MarkdownText(limits, cancellationToken);
        var options = new JsonDocumentOptions { MaxDepth = Math.Min(limits.MaxDepth, 128) };
        using var lines = new StringReader(PlainTextReader.Decode(content.Span, limits));
        int number = 0;
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var record = JsonDocument.Parse(line, options);
                var row = new StringBuilder();
                Append(row, string.Empty, record.RootElement);
                text.AddLine(MarkdownText.OneLine(row.ToString()));
            }
            catch (JsonException fault)
            {
                throw new UnreadableException($"is no JSON in line {number}: {fault.Message.TrimEnd('.')}", fault);
            }
        }

        return text.Complete();
    }

    private static void Append(StringBuilder row, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Append(row, name.Length == 0 ? property.Name : $"{name}.{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().Any(one => one.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                foreach (JsonElement one in value.EnumerateArray())
                {
                    Append(row, name, one);
                }

                break;
            case JsonValueKind.Array:
                Add(row, name, string.Join(", ", value.EnumerateArray().Select(one => one.ToString())));
                break;
            case JsonValueKind.Null:
                break;
            default:
                Add(row, name, value.ToString());
                break;
        }
    }

    private static void Add(StringBuilder row, string name, string value)
    {
        row.Append(row.Length == 0 ? string.Empty : "; ");
        row.Append(name.Length == 0 ? string.Empty : $"{name}: ").Append(value);
    }
}
