using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;

namespace LLoCO.Benchmarks.Scale;

/// <summary>
/// <c>bench scale --index FILE|ADDRESS --documents N [--questions N] [--tokens N] [--rounds N] [--corpus FILE]</c>: fills an index with
/// practice documents where it lacks them, asks it questions without a group and with one, and writes processor time, time, memory and
/// recall as one JSON object.
/// </summary>
/// <remarks><c>benchmarks/retrieval-scale.sh</c> compiles this file and <see cref="ScaleCorpus"/> with older commits, too, so it uses what these
/// have: neither other kinds of index nor the practice corpus, both of which come from outside.</remarks>
internal static class ScaleProgram
{
    private const int TopK = 5;

    /// <summary>Runs one measurement.</summary>
    /// <param name="args">The options.</param>
    /// <param name="open">Opens the index at a place.</param>
    /// <param name="make">Makes so many documents of so many tokens.</param>
    /// <returns>0, or 2 for wrong usage.</returns>
    internal static async Task<int> RunAsync(
        string[] args, Func<string, Task<IRetrievalIndex>> open, Func<int, int, IEnumerable<ScaleDocument>> make)
    {
        var given = new ProgramArguments(args);
        if (given.Text("--index") is not { } file)
        {
            Console.Error.WriteLine(
                "usage: bench scale --index FILE|ADDRESS [--documents 10000] [--questions 500] [--tokens 200] [--rounds 1] "
                + "[--corpus FILE]");
            return 2;
        }

        int documents = given.Number("--documents", 10_000);
        int rounds = given.Number("--rounds", 1);
        ScaleCorpus corpus = ScaleCorpus.Open(
            given.Text("--corpus"), count => make(count, given.Number("--tokens", 200)), documents);
        await using IRetrievalIndex index = await open(file);
        (int Added, double Seconds) fill = await FillAsync(index, corpus, documents);
        var retriever = new DocumentRetriever(index);
        (string Text, string Document, string Group)[] questions = corpus.Questions(Math.Min(documents, given.Number("--questions", 500)));
        double first = await FirstAsync(retriever, questions[^1].Text);
        Figures free = await MeasureAsync(retriever, questions, named: false, rounds);
        Figures named = await MeasureAsync(retriever, questions, named: true, rounds);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            documents,
            questions = questions.Length,
            added = fill.Added,
            fill_seconds = Math.Round(fill.Seconds, 1),
            first_ms = Math.Round(first, 2),
            cpu_ms = free.Processor,
            wall_ms = free.Wall,
            recall_at_1 = free.First,
            recall_at_5 = free.Any,
            cpu_ms_group = named.Processor,
            recall_at_1_group = named.First,
            recall_at_5_group = named.Any,
            peak_resident_mb = PeakMegabytes(),
        }));
        return 0;
    }

    private static async Task<(int Added, double Seconds)> FillAsync(IRetrievalIndex index, ScaleCorpus corpus, int documents)
    {
        long started = Stopwatch.GetTimestamp();
        int have = 0;
        await foreach (DocumentRecord _ in index.ListAsync())
        {
            have++;
        }

        foreach (IndexedDocument document in corpus.From(have))
        {
            await index.PutAsync(document);
        }

        return (Math.Max(0, documents - have), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<double> FirstAsync(DocumentRetriever retriever, string question)
    {
        long started = Stopwatch.GetTimestamp();
        await retriever.RetrieveAsync(question, group: null, documents: 1);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<Figures> MeasureAsync(
        DocumentRetriever retriever, (string Text, string Document, string Group)[] questions, bool named, int rounds)
    {
        int first = 0;
        int any = 0;
        foreach ((string text, string document, string group) in questions.Take(20))
        {
            await retriever.RetrieveAsync(text, named ? group : null, TopK);
        }

        double processor = double.MaxValue;
        double wall = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            (first, any) = (0, 0);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            foreach ((string text, string document, string group) in questions)
            {
                IReadOnlyList<RankedDocument> ranked = await retriever.RetrieveAsync(text, named ? group : null, TopK);
                first += ranked.Count > 0 && ranked[0].DocumentId == document ? 1 : 0;
                any += ranked.Any(one => one.DocumentId == document) ? 1 : 0;
            }

            wall = Math.Min(wall, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }

        double count = questions.Length;
        return new Figures(Math.Round(processor / count, 3), Math.Round(wall / count, 3), first / count, any / count);
    }

    /// <summary>Gets the most memory that this process has held, in MB; <see langword="null"/> where Linux does not say.</summary>
    internal static double? PeakMegabytes()
    {
        string? line = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").FirstOrDefault(one => one.StartsWith("VmHWM:", StringComparison.Ordinal))
            : null;
        return line is null
            ? null
            : Math.Round(double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024);
    }

    private sealed record Figures(double Processor, double Wall, double First, double Any);
}
