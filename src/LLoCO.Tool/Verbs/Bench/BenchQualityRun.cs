using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Measures number formats one after the other over the same questions or the same text.</summary>
/// <param name="package">The model.</param>
/// <param name="formats">The formats; at least one.</param>
/// <param name="precision">The precision that quantized weights are made from.</param>
/// <param name="console">Where rows go.</param>
internal sealed class BenchQualityRun(
    ModelPackage package, IReadOnlyList<QualityFormat> formats, WeightPrecision precision, ToolConsole console)
{
    /// <summary>Measures answers behind summaries, with the adapter of each document's group where there is one.</summary>
    /// <param name="documents">The documents, whose facts are the questions.</param>
    /// <param name="cancellationToken">Checked before each question.</param>
    public async Task AskAsync(IReadOnlyList<SynthDocument> documents, CancellationToken cancellationToken)
    {
        (string Group, AdapterExample Example)[] questions = await LoadAsync(documents, cancellationToken).ConfigureAwait(false);
        AnswerScore[]? first = null;
        foreach (QualityFormat format in formats)
        {
            await using ModelProbe model = Open(format, cancellationToken);
            foreach ((string name, string folder) in package.FindAdapters())
            {
                model.LoadAdapter(name, folder);
            }

            AnswerScore[] scores = await model.RunAsync(
                passes => Score(passes, model.Adapters, format, questions, cancellationToken), cancellationToken).ConfigureAwait(false);
            first ??= scores;
            var row = QualityRow.Create(Name("answers", format), scores, first);
            console.Result(row, row.Describe());
        }
    }

    /// <summary>Measures the perplexity of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokens">Most tokens to read.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    public async Task ReadTextAsync(string text, int tokens, CancellationToken cancellationToken)
    {
        int[] ids = [.. TokenizerFile.Load(package.Folder).Encode(text).Take(tokens)];
        if (ids.Length < 2)
        {
            throw new LlocoException("The text has fewer than two tokens: there is nothing to foretell.");
        }

        double? first = null;
        foreach (QualityFormat format in formats)
        {
            await using ModelProbe model = Open(format, cancellationToken);
            double perplexity = await model.RunAsync(
                passes => Perplexity.Compute(passes, format.Decoded(), ids, cancellationToken), cancellationToken).ConfigureAwait(false);
            first ??= perplexity;
            double loss = (perplexity / first.Value) - 1;
            string name = Name("text", format);
            console.Result(
                new { name, tokens = ids.Length, perplexity, perplexity_relative = loss },
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-16} perplexity {perplexity:F4} over {ids.Length} tokens, {loss:+0.00 %;-0.00 %;0 %}"));
        }
    }

    private static string Name(string what, QualityFormat format) => $"{what}-{format.ToString().ToLowerInvariant()}";

    private static AnswerScore[] Score(
        ModelPasses model, IReadOnlyCollection<string> adapters, QualityFormat format, (string Group, AdapterExample Example)[] questions,
        CancellationToken cancellationToken)
    {
        using PassKernels kernels = model.CreateKernels(new DecodingOptions { Weights = format.Decoded() })
            ?? throw new LlocoException("The decoding kernels cannot read this model.");
        using PassPrefixes prefixes = model.CreatePrefixes(new PrefixCacheOptions().MaxBytes);
        var scores = new List<AnswerScore>(questions.Length);
        foreach ((string group, AdapterExample example) in questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? adapter = adapters.Contains(group) ? group : null;
            scores.Add(AnswerLoss.Compute(model, adapter, example, kernels, prefixes));
        }

        return [.. scores];
    }

    private ModelProbe Open(QualityFormat format, CancellationToken cancellationToken) => ModelProbe.Open(
        package.Folder, LlocoDevice.Cpu, format.Stored(precision), TokenizerFile.Load(package.Folder).Fingerprint, cancellationToken);

    /// <summary>Compresses the documents once, with the weights as they are stored.</summary>
    private async Task<(string Group, AdapterExample Example)[]> LoadAsync(
        IReadOnlyList<SynthDocument> documents, CancellationToken cancellationToken)
    {
        QuestionItem[] items = [.. documents.SelectMany(document => document.Facts.Select((fact, number) => new QuestionItem(
            $"{document.Id}/{number}", document.Group, document.Id, document.Text, fact.Question, [fact.Value], [])))];
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseModel(package).UsePrecision(precision).BuildAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AdapterExample> examples =
            await pipeline.LoadExamplesAsync(items, cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. items.Zip(examples, (item, example) => (item.Group, example))];
    }
}
