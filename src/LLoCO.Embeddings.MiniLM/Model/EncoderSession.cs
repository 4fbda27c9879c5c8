using Microsoft.ML.OnnxRuntime;

namespace LLoCO.Embeddings.MiniLM.Model;

/// <summary>The encoder in ONNX Runtime. Safe for concurrent use.</summary>
internal sealed class EncoderSession
{
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] Outputs = ["last_hidden_state"];

    private readonly InferenceSession _session;

    private EncoderSession(InferenceSession session) => _session = session;

    /// <summary>Loads the model.</summary>
    /// <param name="weights">The ONNX file; closed at the end.</param>
    /// <param name="threads">Threads for one batch; 0 for one per core.</param>
    public static EncoderSession Load(Stream weights, int threads)
    {
        using (weights)
        {
            var file = new byte[weights.Length];
            weights.ReadExactly(file);
            using var options = new SessionOptions { IntraOpNumThreads = threads };

            // Threads that wait for the next batch would otherwise keep a core busy, which the language model needs.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            return new EncoderSession(new InferenceSession(file, options));
        }
    }

    /// <summary>Embeds a batch.</summary>
    /// <param name="sequences">Token ids per text; at least one text.</param>
    /// <returns>A vector of length 1 per text.</returns>
    public float[][] Run(int[][] sequences)
    {
        int longest = sequences.Max(sequence => sequence.Length);
        long[] shape = [sequences.Length, longest];
        var ids = new long[sequences.Length * longest];
        var mask = new long[ids.Length];
        for (int row = 0; row < sequences.Length; row++)
        {
            for (int i = 0; i < sequences[row].Length; i++)
            {
                ids[(row * longest) + i] = sequences[row][i];
                mask[(row * longest) + i] = 1;
            }
        }

        using OrtValue idInput = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using OrtValue maskInput = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using OrtValue typeInput = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> made = _session.Run(run, Inputs, [idInput, maskInput, typeInput], Outputs);
        ReadOnlySpan<float> states = made[0].GetTensorDataAsSpan<float>();
        var vectors = new float[sequences.Length][];
        for (int row = 0; row < sequences.Length; row++)
        {
            vectors[row] = Pool(states.Slice(row * longest * MiniLMEmbedder.Dimensions, sequences[row].Length * MiniLMEmbedder.Dimensions));
        }

        return vectors;
    }

    /// <summary>Takes the mean over the tokens of one text, [tokens, 384], and scales it to length 1.</summary>
    private static float[] Pool(ReadOnlySpan<float> states)
    {
        var sum = new double[MiniLMEmbedder.Dimensions];
        for (int i = 0; i < states.Length; i++)
        {
            sum[i % sum.Length] += states[i];
        }

        double length = Math.Sqrt(sum.Sum(number => number * number));
        return Array.ConvertAll(sum, number => (float)(number / length));
    }
}
