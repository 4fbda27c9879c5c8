using LLoCO.Core.Decoding;

namespace LLoCO.Evaluation.DataSets;

/// <summary>A data set as it is published: how its files are read, how a model is asked, how the answers are judged.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Reader">Reads its files.</param>
/// <param name="Prompt">How the original asks, said in this project's own words, since a model that was trained with other words
/// brings its own; <see langword="null"/> where the data set has no prompt of its own.</param>
/// <param name="MaxNewTokens">Most tokens of an answer. The original's scripts use 50 to 96.</param>
/// <param name="Scoring">How answers are judged.</param>
public sealed record DataSetFormat(
    string Name, IQuestionReader Reader, PromptTemplate? Prompt, int MaxNewTokens, AnswerScoring Scoring);
