using System.Globalization;
using LLoCO.Evaluation.Needles;

namespace LLoCO.Tool.Reports;

/// <summary>The results of a needle grid as JSON objects for scripts and as lines for people.</summary>
internal static class NeedleText
{
    /// <summary>Makes the object of a row.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="table">The row.</param>
    public static object ToJson(NeedleGrid grid, NeedleTable table) => new
    {
        row = table.Report.Row,
        mode = table.Report.Mode,
        adapter = table.Report.Adapter,
        questions = table.Report.Questions,
        left_out = table.Report.LeftOut,
        cells = table.Cells,
        found = table.Found,
        share = table.Cells == 0 ? 0 : (double)table.Found / table.Cells,
        lengths = grid.Lengths,
        depths = grid.Depths,
        scores = Enumerable.Range(0, grid.Depths.Count).Select(depth =>
            Enumerable.Range(0, grid.Lengths.Count).Select(length => table.Score(length, depth))),
        raw_tokens = table.Report.RawTokens,
        decoder_tokens = table.Report.DecoderTokens,
        ratio = table.Report.Ratio,
        seconds_first_token = table.Report.SecondsFirstToken,
    };

    /// <summary>Writes a row for a person: one line, and the grid with a depth a line.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="table">The row.</param>
    public static string Describe(NeedleGrid grid, NeedleTable table)
    {
        string lines = string.Concat(Enumerable.Range(0, grid.Depths.Count).Select(depth => string.Create(
            CultureInfo.InvariantCulture,
            $"\n  {grid.Depths[depth],5:P0} {string.Concat(Enumerable.Range(0, grid.Lengths.Count)
                .Select(length => Mark(table.Score(length, depth))))}")));
        return Title(table) + string.Create(CultureInfo.InvariantCulture, $" at {table.Report.Ratio:F1}x") + lines;
    }

    /// <summary>Writes the heading of a row.</summary>
    /// <param name="table">The row.</param>
    public static string Title(NeedleTable table) => string.Create(
        CultureInfo.InvariantCulture, $"{table.Report.Row}: {table.Found} of {table.Cells} cells found");

    /// <summary>Writes a length.</summary>
    /// <param name="tokens">The length.</param>
    public static string Length(int tokens) => tokens < 1000
        ? tokens.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{tokens / 1000.0:0.#}k");

    private static char Mark(double? score) => score switch { null => ' ', 1 => '#', 0 => '.', _ => '+' };
}
