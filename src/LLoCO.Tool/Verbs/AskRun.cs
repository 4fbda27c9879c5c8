using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool.Verbs;

/// <summary>Asks a question and streams the answer, then writes its sources, token counts and times.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">The output of the answer.</param>
internal sealed class AskRun(LlocoPipeline pipeline, ToolConsole console)
{
    /// <summary>Gets whether the answer alone is written, without its figures.</summary>
    public bool IsBrief { get; init; }

    /// <summary>Asks the question and writes the answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The answer.</returns>
    public async Task<LlocoAnswer> RunAsync(string question, AskOptions options, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<AnswerUpdate> updates = pipeline.AskStreamingAsync(question, options, cancellationToken);
        LlocoAnswer? whole = null;
        await foreach (AnswerUpdate update in updates.ConfigureAwait(false))
        {
            if (!console.Json)
            {
                console.Out.Write(update.Text);
                console.Out.Flush();
            }

            if (update.Answer is { } answer)
            {
                console.Result(ToJson(answer), IsBrief ? Warn(answer) : Environment.NewLine + Describe(answer));
                whole = answer;
            }
        }

        return whole!;
    }

    /// <summary>Asks several groups and writes the answer that counts, and those of the others.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="groups">Most groups.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The answer that counts.</returns>
    public async Task<LlocoAnswer> RouteAsync(string question, AskOptions options, int groups, CancellationToken cancellationToken)
    {
        RoutedAnswer routed = await pipeline.AskGroupsAsync(question, options, groups, cancellationToken).ConfigureAwait(false);
        console.Result(
            ToJson(routed.Best, routed.Answers.Skip(1)), string.Join(Environment.NewLine, [
                routed.Best.Text, Describe(routed.Best), .. routed.Answers.Skip(1).Select(other => string.Create(
                    CultureInfo.InvariantCulture, $"group {other.Group}: {other.Text} (token probability {other.Confidence.Least:F2})"))]));
        return routed.Best;
    }

    private static object ToJson(LlocoAnswer answer, IEnumerable<LlocoAnswer>? others = null) => new
    {
        answer = answer.Text,
        finish = answer.Finish,
        group = answer.Group,
        adapter = answer.Adapter,
        sources = answer.Sources.Select(source => new
        {
            document = source.DocumentId, start = source.Start, end = source.End, place = source.Place, score = source.Score, raw = source.IsRaw,
        }),
        others = others?.Select(other => new
        {
            answer = other.Text, group = other.Group, adapter = other.Adapter, token_probability = other.Confidence.Least,
        }),
        warning = answer.Warning,
        grounding = new
        {
            in_passages = answer.Grounding.IsInPassages,
            document = answer.Grounding.Source?.DocumentId,
            start = answer.Grounding.Source?.Start,
            end = answer.Grounding.Source?.End,
            probability = answer.Grounding.Probability,
        },
        token_probability = answer.Confidence.Least,
        expanded = answer.Expansion is { } expansion
            ? new
            {
                reason = expansion.Reason,
                passages = expansion.Passages,
                tokens = expansion.Tokens,
                first = expansion.First?.Text,
                first_token_probability = expansion.First?.Confidence.Least,
            }
            : null,
        tokens = new
        {
            raw = answer.Tokens.Raw,
            summary = answer.Tokens.Summary,
            prompt = answer.Tokens.Prompt,
            generated = answer.Tokens.Generated,
        },
        ratio = answer.Tokens.Ratio,
        seconds = answer.Times.Total.TotalSeconds,
        seconds_retrieve = answer.Times.Retrieve.TotalSeconds,
        seconds_first_token = answer.Times.FirstToken.TotalSeconds,
    };

    private static string Describe(LlocoAnswer answer) => string.Create(
        CultureInfo.InvariantCulture,
        $"""

        sources: {string.Join(", ", answer.Sources.Select(source => $"{source.DocumentId} [{Place(source)}]"))}
        tokens:  {answer.Tokens.Raw} of text as {answer.Tokens.Summary} summary embeddings ({answer.Tokens.Ratio:F1}x), {
            answer.Tokens.Prompt} prompt, {answer.Tokens.Generated} generated
        adapter: {answer.Adapter ?? "none"}
        stands:  {Stands(answer.Grounding)}{Expanded(answer.Expansion)}
        sure:    {Sure(answer.Grounding.Probability)}
        seconds: {answer.Times.Retrieve.TotalSeconds:F3} to retrieve, {
            answer.Times.FirstToken.TotalSeconds:F3} to the first token, {answer.Times.Total.TotalSeconds:F3} in all
        """) + Warn(answer);

    private static string Warn(LlocoAnswer answer) =>
        answer.Warning is { } warning ? $"{Environment.NewLine}WARNING: {warning}" : string.Empty;

    /// <summary>Says where a source stands: page and heading, and its characters.</summary>
    /// <param name="source">The source.</param>
    public static string Place(AnswerSource source) =>
        (source.Place is { } place ? place + ", " : string.Empty) + $"{source.Start}-{source.End}";

    private static string Sure(double? probability) =>
        probability is { } known ? known.ToString("P1", CultureInfo.InvariantCulture) : "not known";

    private static string Stands(AnswerGrounding grounding) => grounding switch
    {
        { Source: { } source } => $"in {source.DocumentId} [{Place(source)}]",
        { IsInPassages: false } => "in none of the passages",
        _ => "not checked",
    };

    private static string Expanded(AnswerExpansion? expansion) => expansion is null
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; {expansion.Passages} passages of {expansion.Tokens} tokens read raw ({expansion.Reason switch
            {
                ExpandReason.LowConfidence or ExpandReason.Doubt when expansion.First is { } first => $"without them: '{first.Text}'",
                ExpandReason.Doubt => "in doubt",
                ExpandReason.LowFidelity => "low fidelity",
                _ => "asked for",
            }})");
}
