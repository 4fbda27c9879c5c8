using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tokenization.Chat;

namespace LLoCO.Training.Probing;

/// <summary>Looks at the files of a model folder without loading weights.</summary>
public static class ModelFolderCheck
{
    /// <summary>Makes sure that a checkpoint holds the weights of a model and no others.</summary>
    /// <param name="tensors">The opened checkpoint.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="CheckpointFormatException">A weight is missing, surplus, misshapen or quantized.</exception>
    public static void EnsureWeightsFit(CheckpointFolder tensors, LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(config);
        WeightsCheck.EnsureFits(tensors, config, tensors.Path);
    }

    /// <summary>Reads the chat template that questions stand in, and tries it.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The file that it is in; <see langword="null"/> where there is none, or <c>lloco.json</c> says not to use
    /// it.</returns>
    /// <exception cref="LlocoException">It cannot be used.</exception>
    public static string? FindChatTemplate(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ChatTemplate? template = PromptLoader.FindTemplate(folder, PromptSettings.Read(folder));
        template?.FindTurn();
        return template?.File;
    }

    /// <summary>Reads the ids that end an answer from <c>config.json</c> and <c>generation_config.json</c>.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="config">Its configuration; ids beyond its vocabulary can never be generated and are left out.</param>
    /// <returns>The ids that the files name, each once; none if they name none.</returns>
    /// <exception cref="CheckpointFormatException">A file is damaged, or an id is no whole number.</exception>
    public static IReadOnlyList<int> ReadEndTokens(string folder, LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(config);
        return EndTokens.Read(folder, config.VocabularySize);
    }
}
