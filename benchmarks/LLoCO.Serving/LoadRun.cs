using System.Diagnostics;
using System.Globalization;

namespace LLoCO.Serving;

/// <summary>Many clients at once, one question each.</summary>
/// <param name="url">The server.</param>
/// <param name="question">The question.</param>
/// <param name="tokens">Most tokens of an answer.</param>
internal sealed class LoadRun(Uri url, string question, int tokens)
{
    /// <summary>Measures and writes a row.</summary>
    /// <param name="clients">How many clients.</param>
    /// <param name="process">The server's process.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(int clients, int? process, CancellationToken cancellationToken)
    {
        if (!url.IsLoopback || clients is < 1 or > 1024)
        {
            throw new ArgumentException("Loads are for servers on this machine, with 1 to 1,024 clients.");
        }

        using var client = new StreamClient(url, question, tokens);
        string[] documents = await client.ListAsync(cancellationToken).ConfigureAwait(false);

        // Each document once, so that keys and values of its summary are kept, as the other side's text is.
        foreach (string document in documents)
        {
            await client.AskAsync(document, cancellationToken).ConfigureAwait(false);
        }

        long started = Stopwatch.GetTimestamp();
        AnswerTiming[] all = await Task.WhenAll(Enumerable.Range(0, clients)
            .Select(number => client.AskAsync(documents[number % documents.Length], cancellationToken))).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long memory = process is { } id ? Process.GetProcessById(id).PeakWorkingSet64 >> 20 : 0;
        double[] first = [.. all.Select(one => one.FirstToken).Order()];
        long generated = all.Sum(one => one.Tokens);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"lloco: {clients} clients, {documents.Length} documents, {generated} tokens in {seconds:F2} s = {generated / seconds:F1} tokens/s; "
            + $"first token p50 {first[first.Length / 2]:F3} s, p99 {first[(int)(0.99 * (first.Length - 1))]:F3} s; memory {memory} MiB"));
    }
}
