namespace LLoCO.Core.Decoding.Sampling;

/// <summary>Takes the likeliest tokens from logits.</summary>
internal static class TopLogits
{
    /// <summary>The likeliest tokens, the likeliest first; of equal ones the lower id first.</summary>
    /// <param name="logits">One logit per id.</param>
    /// <param name="count">How many; fewer if there are fewer ids.</param>
    /// <returns>Ids and natural-log probabilities under the softmax of all logits.</returns>
    internal static (int[] Ids, float[] LogProbabilities) Select(ReadOnlySpan<float> logits, int count)
    {
        count = Math.Min(count, logits.Length);
        if (count == 0)
        {
            return ([], []);
        }

        var best = new PriorityQueue<int, (float Logit, int Id)>(count + 1);
        double largest = double.NegativeInfinity;
        for (int id = 0; id < logits.Length; id++)
        {
            largest = Math.Max(largest, logits[id]);
            if (best.Count < count)
            {
                best.Enqueue(id, (logits[id], -id));
            }
            else
            {
                best.EnqueueDequeue(id, (logits[id], -id));
            }
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        var ids = new int[count];
        var probabilities = new float[count];
        for (int place = count - 1; place >= 0; place--)
        {
            ids[place] = best.Dequeue();
            probabilities[place] = (float)(logits[ids[place]] - largest - Math.Log(sum));
        }

        return (ids, probabilities);
    }
}
