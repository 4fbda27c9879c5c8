namespace LLoCO.Training;

/// <summary>The tensor work of a training run: its steps, validations and weights. Its members are called on the model's thread,
/// one at a time.</summary>
internal interface ITrainingRun : IDisposable
{
    /// <summary>Gets the steps taken.</summary>
    long Step { get; }

    /// <summary>Gets the steps of the whole run.</summary>
    long Steps { get; }

    /// <summary>Gets the steps in which all examples are seen once.</summary>
    long StepsPerEpoch { get; }

    /// <summary>Gets whether there are validation examples.</summary>
    bool Validates { get; }

    /// <summary>Takes a step. It depends only on the seed and the step's number.</summary>
    StepOutcome TakeStep();

    /// <summary>Measures the validation examples with the present weights.</summary>
    TrainingValidation Validate();

    /// <summary>Keeps the present weights as the result.</summary>
    void KeepBest();

    /// <summary>Writes everything that the rest of the run depends on into one file.</summary>
    /// <param name="path">The file; replaced whole.</param>
    /// <param name="note">Text to keep beside it.</param>
    void Save(string path, string note);

    /// <summary>Goes back to the state in a file.</summary>
    void Restore(string path);

    /// <summary>Writes the result: the weights that were kept, otherwise the present ones.</summary>
    /// <param name="folder">The folder.</param>
    void Export(string folder);
}

/// <summary>The outcome of a step.</summary>
/// <param name="Loss">Mean loss per learned token before the update.</param>
/// <param name="LearningRate">The rate.</param>
/// <param name="Tokens">Positions passed through the model.</param>
internal readonly record struct StepOutcome(double Loss, double LearningRate, long Tokens);
