using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Core.Index;
using LLoCO.Training;
using LLoCO.Training.Export;
using LLoCO.Training.Memories;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>One run of <c>lloco learn</c>.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="options">Its options.</param>
/// <param name="pipeline">The pipeline, with key/value memories.</param>
/// <param name="training">How to train.</param>
/// <param name="shape">The model's shape.</param>
/// <param name="console">Where progress and results go.</param>
internal sealed class LearnRun(
    ParseResult parsed, LearnArguments options, LlocoPipeline pipeline, CartridgeTrainingOptions training, LlamaConfig shape,
    ToolConsole console)
{
    /// <summary>Gets the folder of the cartridge that one document starts from; <see langword="null"/> for none.</summary>
    public string? Start { get; init; }

    /// <summary>Compresses what is not in the index, lets a teacher ask, and trains.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Cancels; finished work is kept.</param>
    /// <returns>Whether all documents could be read.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        MemoryBackup before = await MemoryBackup.TakeAsync(
            pipeline.Index, documents.Select(document => document.Id), cancellationToken).ConfigureAwait(false);
        bool done = false;
        try
        {
            return done = await LearnAsync(documents, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The same command goes on from here.
            done = true;
            throw;
        }
        finally
        {
            // What was learned before is worth more than a memory to begin with.
            IReadOnlyList<string> restored = done ? [] : await before.RestoreAsync(CancellationToken.None).ConfigureAwait(false);
            if (restored.Count > 0)
            {
                console.Error.WriteLine($"lloco: nothing was learned, so the index keeps its earlier memory of {string.Join(", ", restored)}.");
            }
        }
    }

    private async Task<bool> LearnAsync(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        bool finds = parsed.GetValue(options.Documents.Group) == AutoGroup.Name;
        AutoGroup? groups = finds ? new AutoGroup(pipeline) : null;
        if (!await new CompressRun(pipeline, console) { Groups = groups }.RunAsync(documents, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        if (Start is not null)
        {
            await CartridgeExport.ReadAsync(pipeline, Start, documents[0].Id, cancellationToken).ConfigureAwait(false);
        }

        (List<StudyDocument> texts, List<(int Tokens, int Slots)> sizes) = await FindAsync(documents, cancellationToken).ConfigureAwait(false);
        Func<string, bool> isHeldOut = options.HeldOut(parsed, training.Seed);
        IReadOnlyList<StudyPair> pairs = await options.Study
            .StudyAsync(parsed, pipeline, finds ? null : parsed.GetValue(options.Documents.Group), console, cancellationToken, texts).ConfigureAwait(false);
        ILookup<bool, StudyPair> parts = pairs.ToLookup(pair => isHeldOut($"{pair.DocumentId}\n{pair.Question}"));
        console.Error.WriteLine(LearnEstimate.Create(shape, training, sizes, parts[false].Count()).Describe());
        await TrainAsync([.. texts.Select(text => text.Id)], [.. parts[false]], [.. parts[true]], cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Estimates time and memory, from the lengths of the documents alone, and writes that as the result.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Cancels the reading of them.</param>
    public async Task EstimateAsync(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        var sizes = new List<(int Tokens, int Slots)>();
        foreach (SourceDocument document in documents)
        {
            int tokens = pipeline.Tokenizer.Encode(await document.LoadAsync(cancellationToken).ConfigureAwait(false)).Count;
            sizes.Add((tokens, options.Documents.Memory.CountSlots(parsed, tokens)));
        }

        int questions = sizes.Sum(size => options.Study.CountPairs(parsed, size.Tokens, shape.SegmentLength));
        LearnEstimate estimate = LearnEstimate.Create(shape, training, sizes, questions);
        console.Result(
            new
            {
                questions,
                steps = estimate.Steps,
                tokens_per_step = estimate.TokensPerStep,
                hours = estimate.Hours,
                bytes = estimate.Bytes,
                flops_per_second = estimate.Rate,
            },
            estimate.Describe());
    }

    private async Task TrainAsync(
        string[] ids, StudyPair[] learned, StudyPair[] heldOut, CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(options.Output)!;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        try
        {
            TrainingResult result = await pipeline.CreateCartridgeTrainer(training).TrainAsync(
                ids, learned, folder, heldOut, new TrainingDisplay(console.Error, name), cancellationToken).ConfigureAwait(false);
            TrainingReport.Write(console, name, learned.Length, heldOut.Length, result);
            if (training.AdapterLearningRate > 0)
            {
                console.Error.WriteLine($"lloco: ask these documents with --adapter {folder}: it was trained with their memories.");
            }
        }
        catch (OperationCanceledException)
        {
            LossChart.Draw(folder);
            throw;
        }
    }

    /// <summary>Finds what the index has of the documents. Key/value memories are never in parts.</summary>
    private async Task<(List<StudyDocument> Texts, List<(int Tokens, int Slots)> Sizes)> FindAsync(
        IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        var texts = new List<StudyDocument>();
        var sizes = new List<(int Tokens, int Slots)>();
        foreach (string id in documents.Select(document => document.Id).Distinct())
        {
            DocumentRecord record = await pipeline.Index.FindAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw new LlocoException($"The index has no document '{id}' any more.");
            texts.Add(new StudyDocument(id, await pipeline.Index.LoadTextAsync(id, cancellationToken).ConfigureAwait(false) ?? string.Empty));
            sizes.Add((record.Tokens, record.SummaryCount));
        }

        return (texts, sizes);
    }
}
