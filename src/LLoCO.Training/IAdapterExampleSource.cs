namespace LLoCO.Training;

/// <summary>A source of examples: labelled questions, questions that a model wrote, questions with distracting
/// documents.</summary>
/// <remarks>An implementation gives the same example for the same index and epoch, on every call and in every process: an
/// interrupted run continues with the same examples. It is called from one thread at a time.</remarks>
public interface IAdapterExampleSource
{
    /// <summary>Gets the number of examples of an epoch; at least 1.</summary>
    int Count { get; }

    /// <summary>Gets an example.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="epoch">In which epoch, from 0: what is drawn anew, such as distracting documents, depends on it.</param>
    /// <returns>The example. Examples of one epoch that hold the same documents share the prefix where
    /// <see cref="AdapterTrainingOptions.QuestionsPerPrefix"/> says so.</returns>
    AdapterExample Get(int index, int epoch);
}
