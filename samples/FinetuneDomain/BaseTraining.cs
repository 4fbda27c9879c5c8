using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Training;

namespace FinetuneDomain;

/// <summary>Trains all weights of the model in place of an adapter.</summary>
internal static class BaseTraining
{
    /// <summary>Trains into <c>DIR/model</c>, or goes on there. The answers are others in each epoch, so that the model learns to read them
    /// and not to know them.</summary>
    public static Task<TrainingResult> TrainAsync(ModelPackage model, QuestionItem[] learned, string work, IProgress<TrainingProgress> progress)
    {
        CompressorTrainer trainer = CompressorTrainer.FromModel(model.Folder, ModelTrainingDefaults.ReadBase(model.Folder));
        return trainer.TrainAsync(new ExchangedAnswers(trainer, learned), Path.Combine(work, "model"), progress: progress);
    }

    /// <summary>Opens what was trained. It makes an index of its own: summary embeddings of one model mean nothing to another.</summary>
    public static Task<LlocoPipeline> OpenAsync(TrainingResult trained, string work, GenerationOptions generation) =>
        LlocoPipeline.CreateBuilder()
            .UseModel(new ModelPackage(trained.Folder))
            .UseIndex(Path.Combine(work, "documents-of-the-new-model.db"))
            .UseGeneration(generation)
            .BuildAsync();
}
