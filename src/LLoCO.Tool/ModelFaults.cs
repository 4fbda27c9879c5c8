using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Export;
using LLoCO.Training.Probing;

namespace LLoCO.Tool;

/// <summary>Finds the faults that prevent a model folder from compressing and answering, without loading weights.</summary>
internal static class ModelFaults
{
    /// <summary>Checks all parts of a model.</summary>
    /// <param name="model">The folder.</param>
    /// <param name="config">Its configuration, which was read.</param>
    /// <param name="tensors">Its weights, opened.</param>
    /// <returns>One sentence for each fault with the remedy; none if the model can be used.</returns>
    public static IReadOnlyList<string> Find(ModelPackage model, LlamaConfig config, CheckpointFolder tensors)
    {
        var faults = new List<string>();
        Try(() => ModelFolderCheck.EnsureWeightsFit(tensors, config), faults);
        Try(() => TokenizerFile.Load(model.Folder), faults);
        Try(() => ModelFolderCheck.ReadEndTokens(model.Folder, config), faults);
        if (config.SummaryLength == 0)
        {
            faults.Add("It cannot compress: config.json says no summary embeddings (summary_length). "
                + $"Make a compressor of it: lloco pretrain --model {model.Folder}");
        }

        foreach (string folder in model.FindAdapters().Values.Order(StringComparer.Ordinal))
        {
            Try(() => CheckAdapter(folder), faults);
        }

        return faults;
    }

    private static void CheckAdapter(string folder)
    {
        if (KeyValuePrefixFile.IsOne(folder))
        {
            KeyValuePrefixFile.Read(folder);
        }
        else
        {
            PeftAdapterFolder.Open(folder).Dispose();
        }
    }

    private static void Try(Action check, List<string> faults)
    {
        try
        {
            check();
        }
        catch (Exception error) when (error is LlocoException or FileNotFoundException)
        {
            faults.Add(error.Message);
        }
    }
}
