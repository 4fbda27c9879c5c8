using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>Cross-entropy against a teacher's most probable tokens, with the probabilities that it gave them.</summary>
internal static class TeacherLoss
{
    /// <summary>Sums the loss over all places of all answers.</summary>
    /// <param name="logits">The student's, at each token of the answers in order, <c>[places, vocabulary]</c>.</param>
    /// <param name="examples">The examples with their weights; one without a teacher adds nothing.</param>
    /// <returns>A scalar.</returns>
    internal static Tensor Create(Tensor logits, IReadOnlyList<(AdapterExample Example, double Weight)> examples)
    {
        int max = examples.Max(one => one.Example.Teacher?.Max(token => token.Ids.Length) ?? 0);
        long places = logits.size(0);
        var ids = new long[places * max];
        var shares = new float[ids.Length];
        int place = 0;
        foreach ((AdapterExample example, double weight) in examples)
        {
            for (int i = 0; i < example.Answer.Length; i++, place++)
            {
                if (example.Teacher is null)
                {
                    continue;
                }

                TeacherToken token = example.Teacher[i];
                for (int k = 0; k < token.Ids.Length; k++)
                {
                    ids[(place * max) + k] = token.Ids.Span[k];
                    shares[(place * max) + k] = (float)(weight * Math.Exp(token.LogProbabilities.Span[k]));
                }
            }
        }

        Tensor expected = nn.functional.log_softmax(logits, 1).gather(1, tensor(ids, [places, max], device: logits.device));
        return -(expected * tensor(shares, [places, max], device: logits.device)).sum();
    }

    /// <summary>What is left of the loss where the student says what the teacher says: it is taken away, so that the loss is a
    /// divergence (Kullback and Leibler) over the tokens that the teacher told.</summary>
    /// <param name="example">An example with a teacher.</param>
    internal static double Entropy(AdapterExample example)
    {
        double sum = 0;
        foreach (TeacherToken token in example.Teacher ?? [])
        {
            foreach (float logProbability in token.LogProbabilities.Span)
            {
                sum -= Math.Exp(logProbability) * logProbability;
            }
        }

        return sum;
    }
}
