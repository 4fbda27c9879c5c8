using System.ComponentModel.DataAnnotations;
using LLoCO.Core;
using LLoCO.Core.Compression;

namespace LLoCO.Extensions.Hosting;

/// <summary>The settings of a pipeline, as an application's configuration has them. A setting that is <see langword="null"/> or empty
/// is not made: what the code described stays, or the pipeline's default.</summary>
/// <remarks>Each setting is a call of <see cref="LlocoPipelineBuilder"/>, which says what it means and what it may be.</remarks>
public sealed class LlocoOptions
{
    /// <summary>Gets or sets the model folder (<see cref="LlocoPipelineBuilder.UseCheckpoint"/>).</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets the device: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c> (<see cref="LlocoPipelineBuilder.UseDevice"/>).</summary>
    public string? Device { get; set; }

    /// <summary>Gets or sets the number format of the weights (<see cref="LlocoPipelineBuilder.UsePrecision"/>).</summary>
    public WeightPrecision? Precision { get; set; }

    /// <summary>Gets or sets the index file, or a name of a kind that the code adds
    /// (<see cref="LlocoPipelineBuilder.UseIndex(string)"/>, <see cref="LlocoPipelineBuilder.AddIndexKind"/>).</summary>
    public string? Index { get; set; }

    /// <summary>Gets adapters to load, name to PEFT folder (<see cref="LlocoPipelineBuilder.AddAdapter"/>).</summary>
    public IDictionary<string, string> Adapters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the names of adapters to merge (<see cref="LlocoPipelineBuilder.MergeAdapter"/>).</summary>
    public IList<string> MergedAdapters { get; } = [];

    /// <summary>Gets or sets how tokens are chosen (<see cref="LlocoPipelineBuilder.UseGeneration"/>).</summary>
    public GenerationOptions? Generation { get; set; }

    /// <summary>Gets or sets the engine of decode steps (<see cref="LlocoPipelineBuilder.UseDecoding"/>).</summary>
    public DecodingOptions? Decoding { get; set; }

    /// <summary>Gets or sets the limits of the prefix cache (<see cref="LlocoPipelineBuilder.UsePrefixCache"/>).</summary>
    public PrefixCacheOptions? PrefixCache { get; set; }

    /// <summary>Gets or sets how many questions are answered together (<see cref="LlocoPipelineBuilder.UseBatching"/>).</summary>
    public BatchOptions? Batching { get; set; }

    /// <summary>Gets or sets the prompt (<see cref="LlocoPipelineBuilder.UsePrompt"/>).</summary>
    public string? Prompt { get; set; }

    /// <summary>Gets or sets the chat template: <c>none</c>, <c>chat</c> or a file (<see cref="LlocoPipelineBuilder.UseChatTemplate"/>).</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>Gets or sets the most documents in one prefix (<see cref="LlocoPipelineBuilder.UseTopK"/>).</summary>
    [Range(1, 1024)]
    public int? TopK { get; set; }

    /// <summary>Gets or sets what happens when documents do not fit the window
    /// (<see cref="LlocoPipelineBuilder.UseWindowPolicy"/>).</summary>
    public WindowPolicy? WindowPolicy { get; set; }

    /// <summary>Gets or sets whether passages are added as raw tokens (<see cref="LlocoPipelineBuilder.UseExpand"/>).</summary>
    public ExpandOptions? Expand { get; set; }

    /// <summary>Gets or sets what is done with answers in doubt (<see cref="LlocoPipelineBuilder.UseDoubtPolicy"/>).</summary>
    public DoubtPolicy? DoubtPolicy { get; set; }

    /// <summary>Gets or sets how fidelity is measured (<see cref="LlocoPipelineBuilder.UseFidelity"/>).</summary>
    public FidelityOptions? Fidelity { get; set; }

    /// <summary>Gets or sets how the index stores summary embeddings (<see cref="LlocoPipelineBuilder.UseStorage"/>).</summary>
    public SummaryEncoding? Storage { get; set; }
}
