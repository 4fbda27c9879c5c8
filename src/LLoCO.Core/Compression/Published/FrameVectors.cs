using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression.Published;

/// <summary>Vectors of a model as plain numbers. Used on the model's thread only.</summary>
internal static class FrameVectors
{
    /// <summary>Looks up token embeddings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">Token ids.</param>
    /// <returns>Row by row.</returns>
    internal static float[] Embed(LlamaModel model, int[] ids) => Read(model.Embed(CompressionRun.Ids(ids, model.Weights.Device))[0]);

    /// <summary>Reads a tensor.</summary>
    /// <param name="rows">The tensor.</param>
    /// <returns>Its numbers, row by row.</returns>
    internal static float[] Read(Tensor rows) => rows.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
