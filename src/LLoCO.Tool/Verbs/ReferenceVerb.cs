using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco reference</c>: measures what a model's own documents look like to it, so that others are noticed.</summary>
internal static class ReferenceVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var dataSet = new DataSetArguments();
        var kind = new Option<string?>("--kind")
        {
            Description = "Adapter that reads these documents; each document's group where it is left out.", HelpName = "NAME",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Model folder whose reference.json gets these kinds, beside others that it has; only a report where it is "
                + "left out.",
            HelpName = "FOLDER",
        };
        var verb = new Command(
            "reference",
            "Measures documents of the kinds that a model's adapters read. With the file, documents of other kinds are noticed.")
        {
            kind, output,
        };
        dataSet.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<NamedDataSet> sets = dataSet.Find(parsed, common.Package(parsed), console);
            await using LlocoPipeline pipeline =
                await common.Describe(parsed, console).BuildAsync(cancellationToken).ConfigureAwait(false);
            var study = new ReferenceStudy(pipeline);
            foreach (NamedDataSet set in sets)
            {
                await MeasureAsync(study, set, parsed.GetValue(kind), console, cancellationToken).ConfigureAwait(false);
            }

            foreach (ReferenceLine line in study.Write(parsed.GetValue(output)))
            {
                console.Result(line, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.Kind}: {line.Documents} documents, {line.PiecesPerWord:F2} tokens a word, loss {line.Loss:F2}, {
                        line.Unknown:P1} tokens that others do not use (at most {line.MaxUnknown:P1})"));
            }

            return 0;
        });
        return verb;
    }

    private static async Task MeasureAsync(
        ReferenceStudy study, NamedDataSet set, string? kind, ToolConsole console, CancellationToken cancellationToken)
    {
        var measured = new HashSet<string>(StringComparer.Ordinal);
        foreach (QuestionItem item in set.Read().Where(item => item.Document is not null))
        {
            study.AddQuestion(kind ?? item.Group, item.Question);
            if (!measured.Add(item.DocumentId!))
            {
                continue;
            }

            DocumentFamiliarity figures =
                await study.AddAsync(kind ?? item.Group, item.Document!, cancellationToken).ConfigureAwait(false);
            if (console.Verbose)
            {
                console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{item.DocumentId}: {figures.PiecesPerWord:F2} tokens a word, loss {figures.Loss:F2}{string.Concat(
                        figures.Unknown.Select(one => $", {one.Value:P1} not of '{one.Key}'"))}"));
            }
        }
    }
}
