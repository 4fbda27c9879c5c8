using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Makes the documents that a stage trains on. One thread at a time.</summary>
internal interface ITrainingExamples
{
    /// <summary>Makes a document of a given number of segments with what is asked behind it.</summary>
    /// <param name="random">Decides everything that is drawn.</param>
    /// <param name="segments">Segments that the example shall have.</param>
    /// <param name="alone">Whether its items see this document only; <see langword="false"/> where they see others of its kind
    /// too, so that no two of them may speak of the same things.</param>
    /// <param name="raw">Whether its items see the document as raw text; otherwise as one summary a segment.</param>
    /// <returns>The example; <see langword="null"/> where this source has none of that length.</returns>
    TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw);
}
