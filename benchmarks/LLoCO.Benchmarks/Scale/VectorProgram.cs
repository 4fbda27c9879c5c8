using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Postgres;

namespace LLoCO.Benchmarks.Scale;

/// <summary>
/// <c>bench vectors --index FILE|ADDRESS --vectors N [--width 384] [--questions N] [--from N] [--groups N]</c>: fills an index with passages that
/// have clustered dense vectors, asks it by vectors alone, and writes times and recall against comparing every vector, as one JSON object.
/// With <c>--from</c> an index in PostgreSQL asks its graph from so many vectors on.
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
                "usage: bench vectors --index FILE|ADDRESS [--vectors 20000] [--width 384] [--questions 50] [--from 2147483647] [--groups 1]");
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
        float[][] all = [.. Enumerable.Range(0, count).Select(cloud.Passage)];
        float[][] questions = [.. Enumerable.Range(0, given.Number("--questions", 50)).Select(cloud.Question)];
        await AskAsync(index, questions[0]);
        await AskAsync(index, questions[0]);
        int same = 0;
        double processor = 0;
        double wall = 0;
        foreach (float[] question in questions)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<PassageHit> found = await AskAsync(index, question);
            wall += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            processor += (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            HashSet<int> best = Best(all, question);
            same += found.Count(hit => best.Contains(PlaceOf(hit)));
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            vectors = count,
            from,
            fill_seconds = Math.Round(fill, 1),
            cpu_ms = Math.Round(processor / questions.Length, 2),
            wall_ms = Math.Round(wall / questions.Length, 2),
            recall_at_10 = (double)same / (Wanted * questions.Length),
        }));
        return 0;
    }

    private static ValueTask<IReadOnlyList<PassageHit>> AskAsync(IRetrievalIndex index, float[] question) =>
        index.SearchAsync(new PassageQuery("?", null, Wanted, question));

    private static int PlaceOf(PassageHit hit) => (int.Parse(hit.DocumentId[1..], CultureInfo.InvariantCulture) * PassagesPerDocument) + (hit.Start / 2);

    /// <summary>The places of the nearest vectors, every one compared.</summary>
    private static HashSet<int> Best(float[][] all, float[] question) => [.. Enumerable.Range(0, all.Length)
        .OrderByDescending(place => all[place].Zip(question, (left, right) => left * right).Sum()).Take(Wanted)];

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
}
