using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Index;
using LLoCO.Core.Runtime;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Planning;
using LLoCO.Extensions.AI;
using LLoCO.Models.Tiny;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>
/// The C# blocks of README.md and docs/, compiled. Each stands between a "sample" and an "end" mark; a test compares the
/// two, so change both together.
/// </summary>
internal static class DocumentationExamples
{
    /// <summary>README.md, "Ten lines".</summary>
    /// <param name="args">A document's file and a question.</param>
    public static async Task TenLinesAsync(string[] args)
    {
        // sample
        await using LlocoPipeline pipeline = LlocoPipeline.CreateBuilder()
            .UseTinyModel()
            .UseIndex("notes.db")
            .Build();
        await foreach (IngestResult result in pipeline.IngestAsync([SourceDocument.FromFile(args[0], group: "ship")]))
        {
            result.EnsureSuccess();
            Console.WriteLine($"{result.DocumentId}: {result.Tokens} tokens are now {result.SummaryVectors} vectors");
        }

        LlocoAnswer answer = await pipeline.AskAsync(args[1]);
        Console.WriteLine($"{answer.Text} (from {answer.Sources[0].DocumentId}, {answer.Tokens.Ratio:0.#}x fewer tokens)");
        // end
    }

    /// <summary>README.md and docs/checkpoints.md: the original's checkpoint and one of its adapters.</summary>
    public static LlocoPipelineBuilder RealCheckpoint()
    {
        // sample
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseCheckpoint("AutoCompressor-Llama-2-7b-6k")
            .AddAdapter("quality", "Lloco-7b-quality")
            .UsePrecision(WeightPrecision.BFloat16)
            .UseDevice(LlocoDevice.Cuda());
        // end
        return builder;
    }

    /// <summary>docs/self-study.md: an adapter without labels.</summary>
    public static async Task SelfStudyAsync(LlocoPipeline pipeline)
    {
        // sample
        using StudyCache cache = StudyCache.Open("reports.study.jsonl");
        StudyResult study = await pipeline.StudyAsync(
            pipeline.CreateTeacher(), "reports", new SelfStudyOptions { PairsPerRequest = 16 }, cache);
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(study.Pairs, "reports");
        await pipeline.CreateAdapterTrainer().TrainAsync(new AdapterExampleList(examples), "adapters/reports");
        // end
    }

    /// <summary>docs/getting-started.md: what becomes of each document.</summary>
    public static async Task IngestAsync(LlocoPipeline pipeline, string[] files, CancellationToken cancellationToken)
    {
        // sample
        IEnumerable<SourceDocument> documents = files.Select(file => SourceDocument.FromFile(file, group: "town"));
        var progress = new Progress<IngestProgress>(now => Console.Error.WriteLine($"{now.SegmentsDone}/{now.Segments}"));
        await foreach (IngestResult result in pipeline.IngestAsync(documents, progress, cancellationToken))
        {
            Console.WriteLine(result.Failure is null
                ? $"{result.DocumentId}: {result.Outcome}, {result.SegmentsCompressed} of {result.Segments} segments compressed"
                : $"{result.DocumentId}: {result.Failure.Message}");
        }
        // end
    }

    /// <summary>docs/getting-started.md: states of documents before anybody asks.</summary>
    public static async Task PrepareAsync()
    {
        // sample
        await using LlocoPipeline pipeline = LlocoPipeline.CreateBuilder()
            .UseTinyModel()
            .UseIndex("notes.db")
            .UsePrefixCache(new PrefixCacheOptions { Folder = "kv-cache", MaxFolderBytes = 64L << 30 })
            .Build();
        await foreach (PrepareResult prepared in pipeline.PrepareAsync())
        {
            Console.WriteLine($"{prepared.DocumentId}, {prepared.Adapter ?? "no adapter"}: {prepared.Failure?.Message ?? $"{prepared.Outcome}"}");
        }
        // end
    }

    /// <summary>docs/getting-started.md: a question with everything said.</summary>
    public static async Task<LlocoAnswer> AskAsync(LlocoPipeline pipeline, string question)
    {
        // sample
        LlocoAnswer answer = await pipeline.AskAsync(question, new AskOptions
        {
            Group = "town",
            TopK = 1,
            Adapter = "town",
            Generation = new GenerationOptions { MaxNewTokens = 32 },
            WindowPolicy = WindowPolicy.Error,
        });
        // end
        return answer;
    }

    /// <summary>docs/getting-started.md: an answer as it comes.</summary>
    public static async Task StreamAsync(LlocoPipeline pipeline, string question, CancellationToken cancellationToken)
    {
        // sample
        await foreach (AnswerUpdate update in pipeline.AskStreamingAsync(question, cancellationToken: cancellationToken))
        {
            Console.Write(update.Text);
            if (update.Answer is { } answer)
            {
                Console.WriteLine($" [{answer.Tokens.Generated} tokens, {answer.Times.Total.TotalSeconds:0.00} s]");
            }
        }
        // end
    }

    /// <summary>docs/getting-started.md: dependency injection.</summary>
    public static void AddToServices(IServiceCollection services)
    {
        // sample
        services.AddLloco(builder => builder.UseTinyModel().UseIndex("notes.db"));
        // end
    }

    /// <summary>docs/getting-started.md: dense vectors.</summary>
    public static LlocoPipelineBuilder Embed(
        LlocoPipelineBuilder builder, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        // sample
        builder.UseEmbedder(generator.AsPassageEmbedder());
        // end
        return builder;
    }

    /// <summary>docs/checkpoints.md: a summary cache of the original.</summary>
    public static async Task<int> ImportAsync(LlocoPipeline pipeline, IEnumerable<SourceDocument> documents)
    {
        // sample
        using SummaryCacheFile cache = SummaryCacheFile.Open("cache.pth", pipeline.Fingerprint);
        await foreach (IngestResult result in pipeline.ImportAsync(cache, documents))
        {
            Console.WriteLine($"{result.DocumentId}: {result.Failure?.Message ?? "taken over"}");
        }

        int written = await pipeline.Index.ExportSummariesAsync("copy.pth");
        // end
        return written;
    }

    /// <summary>docs/trust.md: doubts.</summary>
    public static async Task DoubtAsync(LlocoPipeline pipeline, string question)
    {
        // sample
        LlocoAnswer answer = await pipeline.AskAsync(question, new AskOptions { DoubtPolicy = DoubtPolicy.Warn });
        Console.WriteLine(answer.Warning is null ? answer.Text : $"{answer.Text} (in doubt: {answer.Warning})");
        // end
    }

    /// <summary>docs/trust.md: fidelity and expansion.</summary>
    public static LlocoPipelineBuilder Trust()
    {
        // sample
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseTinyModel()
            .UseIndex("notes.db")
            .UseFidelity(new FidelityOptions { Threshold = 0.5, Below = FidelityAction.Mark })
            .UseExpand(ExpandOptions.Auto);
        // end
        return builder;
    }

    /// <summary>docs/trust.md: what it costs.</summary>
    public static double? Plan(LlamaConfig model)
    {
        // sample
        PlanEstimate plan = PlanEstimate.Create(
            model,
            new DeviceFigures { FlopsPerSecond = 700e9, WeightBytesPerSecond = 40e9 },
            new PlanWorkload { DocumentTokens = 120_000, Questions = 500, TrainingPairs = 2_000 });
        double? questions = plan.Lloco.QuestionsToPay(plan.Full);
        // end
        return questions;
    }

    /// <summary>docs/troubleshooting.md: libtorch before anything else.</summary>
    public static void CheckRuntime()
    {
        // sample
        try
        {
            LlocoRuntime.EnsureAvailable(LlocoDevice.Cpu);
        }
        catch (LlocoRuntimeException error)
        {
            Console.Error.WriteLine($"{error.Fault}: {error.Message}");
        }
        // end
    }

    /// <summary>docs/finetuning.md: an adapter from a question file.</summary>
    public static async Task FinetuneAsync()
    {
        // sample
        await using LlocoPipeline pipeline = LlocoPipeline.CreateBuilder().UseTinyModel().UseIndex("notes.db").Build();
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(QuestionFile.Read("questions.jsonl"));
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(new AdapterTrainingOptions { LearningRate = 3e-3, BatchSize = 64 });
        var progress = new Progress<TrainingProgress>(now => Console.Error.WriteLine($"{now.Step}/{now.Steps}: {now.Loss:F3}"));
        TrainingResult result = await trainer.TrainAsync(new AdapterExampleList(examples), "my-town", null, progress);
        await pipeline.LoadAdapterAsync("town", result.Folder);
        // end
    }
}
