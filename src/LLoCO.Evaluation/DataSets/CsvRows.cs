using LLoCO.Core;
using Microsoft.VisualBasic.FileIO;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Reads comma-separated values with a header; fields in quotes may hold commas and line breaks.</summary>
internal static class CsvRows
{
    /// <summary>Reads the rows one by one.</summary>
    public static IEnumerable<CsvRow> Read(string file, Action<BrokenLine>? skip)
    {
        using var parser = new TextFieldParser(new StringReader(TextFile.Read(file))) { TrimWhiteSpace = false, HasFieldsEnclosedInQuotes = true };
        parser.SetDelimiters(",");
        string[]? header = Next(parser, file, skip, out _);
        while (!parser.EndOfData)
        {
            if (Next(parser, file, skip, out long line) is { } fields)
            {
                yield return new CsvRow(line, header ?? [], fields);
            }
        }
    }

    private static string[]? Next(TextFieldParser parser, string file, Action<BrokenLine>? skip, out long line)
    {
        line = parser.LineNumber;
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException fault)
        {
            var broken = new BrokenLine(file, line, "a field's quotes do not match.");
            if (skip is null)
            {
                throw new LlocoException($"{broken} Correct it, or ask for broken lines to be passed over.", fault);
            }

            skip(broken);
            return null;
        }
    }
}

/// <summary>One row.</summary>
/// <param name="Line">The line it begins in.</param>
/// <param name="Header">Names of the columns.</param>
/// <param name="Fields">Its fields; a row may be shorter than the header.</param>
internal sealed record CsvRow(long Line, string[] Header, string[] Fields)
{
    /// <summary>Finds a field.</summary>
    public string? Find(string column) =>
        Array.IndexOf(Header, column) is >= 0 and var index && index < Fields.Length ? Fields[index] : null;

    /// <summary>Gets a field that must be there.</summary>
    public string Get(string column) => DataSetFault.Require(Find(column), column);
}
