using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool;

/// <summary>Writes the practice corpus as files for <c>compress</c> and <c>eval</c>.</summary>
internal static class SynthFiles
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a corpus. The folder appears when it is complete.</summary>
    /// <param name="folder">The folder; must not exist, or be empty.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    /// <returns>The documents written.</returns>
    /// <exception cref="LlocoException">The folder is not empty.</exception>
    public static IReadOnlyList<SynthDocument> Write(
        string folder, IEnumerable<SynthDocument> documents, CancellationToken cancellationToken)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new LlocoException($"'{folder}' is not empty. Name a folder that does not exist yet.");
        }

        string unfinished = $"{full}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.Combine(unfinished, "documents"));
        try
        {
            IReadOnlyList<SynthDocument> written = WriteAll(unfinished, documents, cancellationToken);
            if (Directory.Exists(full))
            {
                Directory.Delete(full);
            }

            Directory.Move(unfinished, full);
            return written;
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }

    private static List<SynthDocument> WriteAll(
        string folder, IEnumerable<SynthDocument> documents, CancellationToken cancellationToken)
    {
        var written = new List<SynthDocument>();
        using var questions = new StreamWriter(Path.Combine(folder, "questions.jsonl")) { NewLine = "\n" };
        var facts = new List<object>();
        foreach (SynthDocument document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = $"documents/{document.Id}.txt";
            File.WriteAllText(Path.Combine(folder, path), document.Text);
            Add(document, path, questions, facts);
            written.Add(document);
        }

        File.WriteAllText(Path.Combine(folder, "facts.json"), JsonSerializer.Serialize(facts, Options));
        return written;
    }

    private static void Add(SynthDocument document, string path, StreamWriter questions, List<object> facts)
    {
        foreach ((int number, SynthFact fact) in document.Facts.Index())
        {
            questions.WriteLine(JsonSerializer.Serialize(Question(document, path, number, fact), Options));
            facts.Add(Fact(document, fact));
        }
    }

    private static object Question(SynthDocument document, string path, int number, SynthFact fact) => new
    {
        id = $"{document.Id}-{number}",
        group = document.Group,
        document_path = path,
        question = fact.Question,
        answers = new[] { fact.Value },
    };

    private static object Fact(SynthDocument document, SynthFact fact) => new
    {
        document = document.Id,
        group = document.Group,
        subject = fact.Subject,
        relation = fact.Relation,
        value = fact.Value,
        start = fact.Start,
        length = fact.Length,
    };
}
