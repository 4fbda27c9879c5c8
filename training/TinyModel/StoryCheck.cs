using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Lora;
using LLoCO.Core.Runtime;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Compares the loss of FairytaleQA's answers behind the summary embeddings of their story with that behind another story: a
/// model that reads nothing has the same loss behind both.</summary>
internal static class StoryCheck
{
    private const string Adapter = "fairytale";

    /// <summary>Prints the losses of validation questions, and by how much the right story lowers them.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="data">The folder with <c>fairytaleqa</c>.</param>
    /// <param name="questions">How many questions, spread evenly over all.</param>
    internal static async Task<int> RunAsync(string model, string data, int questions)
    {
        QuestionItem[] all = [.. new FairytaleReader().Read(Path.Combine(data, "fairytaleqa", "questions", "val"))];
        int count = Math.Min(questions, all.Length);
        QuestionItem[] right = [.. Enumerable.Range(0, count).Select(i => all[(long)i * all.Length / count])];
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseModel(new ModelPackage(model)).BuildAsync();
        double[] behindRight = await LossesAsync(pipeline, right);
        double[] behindWrong = await LossesAsync(pipeline, Exchanged(right, all));
        PairedDifference below = PairedDifference.Create(behindWrong, behindRight);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            questions = count,
            right = Math.Round(behindRight.Average(), 4),
            wrong = Math.Round(behindWrong.Average(), 4),
            below = Math.Round(below.Mean, 4),
            low = Math.Round(below.Interval.Low, 4),
            high = Math.Round(below.Interval.High, 4),
        }));
        return 0;
    }

    /// <summary>Gives each question the story that comes after its own; the last story's questions get the first.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="all">Those of all stories.</param>
    internal static QuestionItem[] Exchanged(IEnumerable<QuestionItem> questions, IEnumerable<QuestionItem> all)
    {
        QuestionItem[] stories = [.. all.DistinctBy(item => item.DocumentId)];
        return
        [
            .. questions.Select(item =>
            {
                int own = Array.FindIndex(stories, story => story.DocumentId == item.DocumentId);
                QuestionItem other = stories[(own + 1) % stories.Length];
                return item with { DocumentId = other.DocumentId, Document = other.Document };
            }),
        ];
    }

    private static async Task<double[]> LossesAsync(LlocoPipeline pipeline, QuestionItem[] questions)
    {
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(questions);
        LoadedModel loaded = pipeline.RequireModel("The loss of answers");
        LoraAdapter adapter = loaded.FindAdapter(Adapter)
            ?? throw new LlocoException($"The model has no adapter '{Adapter}', by which the stories' answers are read.");
        var learner = new AdapterLearner(loaded.Model, new AdapterTrainingOptions());
        return await loaded.Worker.RunAsync(() => examples.Select(example => Loss(learner, example, adapter)).ToArray());
    }

    private static double Loss(AdapterLearner learner, AdapterExample example, LoraAdapter adapter)
    {
        using DisposeScope scope = NewDisposeScope();

        // The end token is easy to predict, and would hide half of the loss of the words.
        AdapterExample words = example with { Answer = example.Answer[..^1] };
        return learner.Run([[words]], adapter).Sum.item<float>() / words.Answer.Length;
    }
}
