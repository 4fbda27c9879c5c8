using LLoCO.Core.Decoding;
using LLoCO.Training.Probing;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Perplexity of text under the decoding kernels, token by token, in windows that do not overlap.</summary>
internal static class Perplexity
{
    /// <summary>Measures. Call on the model's thread.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Format of the weights.</param>
    /// <param name="ids">At least two tokens.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>e to the mean negative log-probability of each token behind those before it in its window.</returns>
    public static double Compute(ModelPasses model, DecodeWeights weights, int[] ids, CancellationToken cancellationToken)
    {
        using PassKernels kernels = model.CreateKernels(new DecodingOptions { Weights = weights })
            ?? throw new InvalidOperationException("The decoding kernels read weights in main memory only.");
        double sum = 0;
        int scored = 0;
        foreach (int[] window in ids.Chunk(model.Config.MaxPositions))
        {
            using PassSession session = model.Begin(window.Length, kernels);
            for (int place = 0; place + 1 < window.Length; place++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sum -= PassSession.LogProbability(session.FeedToken(window[place]), window[place + 1]);
                scored++;
            }
        }

        return Math.Exp(sum / scored);
    }
}
