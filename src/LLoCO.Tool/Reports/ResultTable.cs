using Spectre.Console;

namespace LLoCO.Tool.Reports;

/// <summary>Rows as a table for a terminal. Verbs load it only where they draw one, since it takes time.</summary>
internal static class ResultTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="output">The terminal, or a writer in its place.</param>
    /// <param name="heads">The heads of its columns; one that begins with &gt; stands at the right.</param>
    /// <param name="rows">The cells of each row.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> heads, IReadOnlyList<string[]> rows)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        var table = new Table { Border = TableBorder.Simple };
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(Markup.Escape(head.TrimStart('>')))
            {
                Alignment = head.StartsWith('>') ? Justify.Right : Justify.Left, Padding = new Padding(0, 0, 1, 0),
            });
        }

        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
    }
}
