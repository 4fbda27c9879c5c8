using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Postgres;

namespace LLoCO.Benchmarks.Scale;

/// <summary>
/// <c>bench vectors --index FILE|ADDRESS --vectors N [--width 384] [--questions N] [--from N] [--groups N] [--named yes]</c>: fills an index with
/// passages that have clustered dense vectors, asks it by vectors alone, and writes times and recall against comparing every vector, as one
/// JSON object. With <c>--from</c> an index in PostgreSQL asks its graph from so many vectors on; with <c>--named</c> one group is asked.
/// </summary>
internal static class VectorProgram
{
    private const int PassagesPerDocument = 25;
    private const int Wanted = 10;

    /// <summary>Runs one measurement.</summary>
    /// <param name="args">The options.</param>
    /// <returns>0, or 2 for wrong usage.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        var given = new ProgramArguments(args);
        int at = Array.IndexOf(args, "--index");
        if (at < 0 || at + 1 == args.Length)
        {
            Console.Error.WriteLine(
                "usage: bench vectors --index FILE|ADDRESS [--vectors 20000] [--width 384] [--questions 50] [--from 2147483647] [--groups 1] "
                + "[--named yes]");
            return 2;
        }

        int count = given.Number("--vectors", 20_000);
        int from = given.Number("--from", int.MaxValue);
        int groups = given.Number("--groups", 1);
        var cloud = new VectorCloud(given.Number("--width", 384));
        await using IRetrievalIndex index = PostgresAddress.IsAddress(args[at + 1])
            ? await PostgresRetrievalIndex.OpenAsync(args[at + 1], new PostgresIndexOptions { ApproximateFrom = from })
            : SqliteRetrievalIndex.Open(args[at + 1]);
        double fill = await FillAsync(index, cloud, count, groups);
        float[][] questions = [.. Enumerable.Range(0, given.Number("--questions", 50)).Select(cloud.Question)];
        string? group = groups > 1 && given.Text("--named") is not null ? "g0" : null;
        Answer first = await AskAsync(index, questions[0], group);
        Answer second = await AskAsync(index, questions[0], group);
        var answers = new List<Answer>();
        foreach (float[] question in questions)
        {
            answers.Add(await AskAsync(index, question, group));
        }

        double? peak = ScaleProgram.PeakMegabytes();
        float[][] all = [.. Enumerable.Range(0, count).Select(cloud.Passage)];
        int same = questions.Zip(answers).Sum(one => Best(all, one.First, group is null ? 1 : groups).Intersect(one.Second.Places).Count());
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            vectors = count,
            from,
            fill_seconds = Math.Round(fill, 1),
            first_cpu_ms = Math.Round(first.Processor, 2),
            second_cpu_ms = Math.Round(second.Processor, 2),
            cpu_ms = Math.Round(answers.Average(one => one.Processor), 2),
            wall_ms = Math.Round(answers.Average(one => one.Wall), 2),
            wall_ms_median = Math.Round(answers.Select(one => one.Wall).Order().ElementAt(answers.Count / 2), 2),
            recall_at_10 = (double)same / (Wanted * questions.Length),
            peak_resident_mb = peak,
        }));
        return 0;
    }

    private static async Task<Answer> AskAsync(IRetrievalIndex index, float[] question, string? group)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<PassageHit> found = await index.SearchAsync(new PassageQuery("?", group, Wanted, question));
        double wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new Answer((Environment.CpuUsage.TotalTime - before).TotalMilliseconds, wall, [.. found.Select(PlaceOf)]);
    }

    private static int PlaceOf(PassageHit hit) => (int.Parse(hit.DocumentId[1..], CultureInfo.InvariantCulture) * PassagesPerDocument) + (hit.Start / 2);

    /// <summary>The places of the nearest vectors of the first of so many groups, every one compared.</summary>
    private static HashSet<int> Best(float[][] all, float[] question, int groups) => [.. Enumerable.Range(0, all.Length)
        .Where(place => place / PassagesPerDocument % groups == 0)
        .OrderByDescending(place => VectorMath.Dot(all[place], question)).Take(Wanted)];

    private static async Task<double> FillAsync(IRetrievalIndex index, VectorCloud cloud, int count, int groups)
    {
        long started = Stopwatch.GetTimestamp();
        int have = await index.ListAsync().CountAsync();
        for (int i = have; i * PassagesPerDocument < count; i++)
        {
            await index.PutAsync(Document(i, cloud, groups));
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A document of passages of one sign each.</summary>
    private static IndexedDocument Document(int number, VectorCloud cloud, int groups)
    {
        string text = string.Concat(Enumerable.Repeat("x ", PassagesPerDocument));
        var fingerprint = new ModelFingerprint("none", "none", 1, 1, "identity");
        var summary = new SummaryEmbeddings($"d{number}", 0, 1, SummaryEncoding.BFloat16, default, [], fingerprint);
        Passage[] passages =
        [
            .. Enumerable.Range(0, PassagesPerDocument)
                .Select(i => new Passage(2 * i, 1, cloud.Passage((number * PassagesPerDocument) + i))),
        ];
        return new IndexedDocument($"d{number}", $"g{number % groups}", ContentHash.OfText($"{number}"), text, 0, [], passages, summary);
    }

    private sealed record Answer(double Processor, double Wall, int[] Places);
}
