using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Models.Tiny;
using LLoCO.Server;
using LLoCO.Tool.Verbs.Bench;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LLoCO.Serving;

/// <summary>The same question to a pipeline and to its server, in turn.</summary>
internal static class OverheadRun
{
    /// <summary>Measures and writes a table.</summary>
    /// <param name="index">The index.</param>
    /// <param name="model">The model folder; the embedded model with <see langword="null"/>.</param>
    /// <param name="question">The question.</param>
    /// <param name="rounds">Questions on each side.</param>
    /// <param name="tokens">Most tokens of an answer.</param>
    /// <param name="threads">Threads of decode steps; 0 for all cores. With one core left over, client and server need not wait for them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        string index, string? model, string question, int rounds, int tokens, int threads, CancellationToken cancellationToken)
    {
        LlocoPipelineBuilder description = LlocoPipeline.CreateBuilder().UseIndex(index)
            .UseDecoding(new DecodingOptions { Threads = threads });
        description = model is null ? description.UseTinyModel() : description.UseModel(new ModelPackage(model));
        await using LlocoPipeline pipeline = await description.BuildAsync(cancellationToken).ConfigureAwait(false);
        await using WebApplication app = Build(pipeline);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        using var client = new StreamClient(new Uri(app.Urls.First()), question, tokens);
        var (inProcess, served) = (new List<AnswerTiming>(), new List<AnswerTiming>());
        for (int round = -5; round < rounds; round++)
        {
            // The first rounds warm up; the side that begins changes.
            bool first = round % 2 == 0;
            AnswerTiming one = first ? await AskAsync(pipeline, question, tokens, cancellationToken).ConfigureAwait(false) : default;
            AnswerTiming two = await client.AskAsync(null, cancellationToken).ConfigureAwait(false);
            one = first ? one : await AskAsync(pipeline, question, tokens, cancellationToken).ConfigureAwait(false);
            if (round >= 0)
            {
                inProcess.Add(one);
                served.Add(two);
            }
        }

        Write(inProcess, served);
    }

    private static WebApplication Build(LlocoPipeline pipeline)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => pipeline);
        WebApplication app = builder.Build();
        app.MapLloco();
        return app;
    }

    private static async Task<AnswerTiming> AskAsync(LlocoPipeline pipeline, string question, int tokens, CancellationToken cancellationToken)
    {
        var options = new AskOptions
        {
            WindowPolicy = WindowPolicy.FewerDocuments, Generation = new GenerationOptions { MaxNewTokens = tokens },
        };
        long started = Stopwatch.GetTimestamp();
        double first = 0;
        LlocoAnswer? answer = null;
        await foreach (AnswerUpdate update in pipeline.AskStreamingAsync(question, options, cancellationToken).ConfigureAwait(false))
        {
            // A token may have no text yet: nothing would be sent.
            first = first == 0 && update.Text.Length > 0 ? Stopwatch.GetElapsedTime(started).TotalSeconds : first;
            answer = update.Answer;
        }

        double total = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new AnswerTiming(first == 0 ? total : first, total, answer!.Tokens.Generated);
    }

    private static void Write(List<AnswerTiming> inProcess, List<AnswerTiming> served)
    {
        double[] differences = [.. served.Zip(inProcess, (two, one) => 1000 * (two.FirstToken - one.FirstToken))];
        double mine = Medians.Compute([.. inProcess.Select(one => one.TokensPerSecond)]);
        double theirs = Medians.Compute([.. served.Select(one => one.TokensPerSecond)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | | in process | served |
            |---|---|---|
            | first token, median of {inProcess.Count}, ms | {1000 * Medians.Compute([.. inProcess.Select(one => one.FirstToken)]):F2} | {1000 * Medians.Compute([.. served.Select(one => one.FirstToken)]):F2} |
            | median difference of the rounds, ms | | {Medians.Compute([.. differences]):F2} |
            | tokens/s behind the first token | {mine:F1} | {theirs:F1} ({theirs / mine:P1}) |
            """));
    }
}
