using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool.Verbs;

/// <summary>Writes one practice corpus.</summary>
/// <param name="generator">Makes its documents.</param>
/// <param name="console">Where a line for each document goes.</param>
internal sealed class SynthRun(SynthGenerator generator, ToolConsole console)
{
    /// <summary>Writes documents, questions and facts.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="groups">The groups; names that come twice count once.</param>
    /// <param name="documents">Documents of each group.</param>
    /// <param name="tokens">About how many tokens each has.</param>
    /// <param name="cancellationToken">Checked before each document; nothing is left of an interrupted run.</param>
    public void Write(string folder, IEnumerable<string> groups, int documents, int tokens, CancellationToken cancellationToken)
    {
        IEnumerable<SynthDocument> made =
            from number in Enumerable.Range(0, documents)
            from name in groups.Distinct()
            select generator.Write(name, number, tokens);
        foreach (SynthDocument document in SynthFiles.Write(folder, made, cancellationToken))
        {
            console.Result(
                new
                {
                    document = document.Id + ".txt",
                    group = document.Group,
                    characters = document.Text.Length,
                    questions = document.Facts.Count,
                },
                $"{document.Id}.txt: {document.Text.Length} characters, {document.Facts.Count} questions");
        }
    }
}
