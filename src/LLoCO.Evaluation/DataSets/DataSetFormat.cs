using LLoCO.Core.Decoding;

namespace LLoCO.Evaluation.DataSets;

/// <summary>A published data set: its reader, its prompt and its scoring.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Reader">Reads its files.</param>
/// <param name="Prompt">The original's prompt in this project's own words; a model that was trained with other words brings its
/// own prompt. <see langword="null"/> if the data set has none.</param>
/// <param name="MaxNewTokens">Maximum number of tokens of an answer. The original's scripts use 50 to 96.</param>
/// <param name="Scoring">How answers are judged.</param>
public sealed record DataSetFormat(
    string Name, IQuestionReader Reader, PromptTemplate? Prompt, int MaxNewTokens, AnswerScoring Scoring);
