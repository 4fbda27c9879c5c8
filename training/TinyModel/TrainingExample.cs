using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>A document as training sees it.</summary>
/// <param name="Segments">Token ids of its segments.</param>
/// <param name="Items">What is asked behind it.</param>
internal sealed record TrainingExample(int[][] Segments, IReadOnlyList<TrainingItem> Items);
