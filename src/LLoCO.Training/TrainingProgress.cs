namespace LLoCO.Training;

/// <summary>The progress of a training run after a step.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps of the whole run, unless it ends early.</param>
/// <param name="Epoch">Epochs done, with a fraction.</param>
/// <param name="Loss">Mean loss per learned token of this step, before its update.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="TokensPerSecond">Positions passed through the model per second, over the last steps.</param>
/// <param name="Remaining">Time that the remaining steps will take at this pace.</param>
/// <param name="Validation">The validation after this step, if there was one.</param>
public sealed record TrainingProgress(
    long Step,
    long Steps,
    double Epoch,
    double Loss,
    double LearningRate,
    double TokensPerSecond,
    TimeSpan Remaining,
    TrainingValidation? Validation);

/// <summary>The results on the validation examples.</summary>
/// <param name="Loss">Mean loss per learned token.</param>
/// <param name="Exact">Share of answers that greedy decoding gives token for token, end included; 0 to 1.</param>
/// <param name="Metric">Mean of the requested metric over generated answers, or <see langword="null"/>.</param>
public sealed record TrainingValidation(double Loss, double Exact, double? Metric = null);

/// <summary>How a training run ended.</summary>
/// <param name="Folder">The folder of the result.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="StoppedEarly">Whether validation ended it before its last step.</param>
/// <param name="Loss">Mean loss of the last step.</param>
/// <param name="Validation">The validation of the weights that were kept, or <see langword="null"/> without validation
/// examples.</param>
/// <param name="BestStep">The step whose weights were kept: the one of the lowest validation loss, otherwise the last.</param>
/// <param name="Elapsed">Time of this call; steps of earlier, interrupted calls are not in it.</param>
public sealed record TrainingResult(
    string Folder, long Steps, bool StoppedEarly, double Loss, TrainingValidation? Validation, long BestStep, TimeSpan Elapsed);
