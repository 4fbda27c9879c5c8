using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Validation;

namespace LLoCO.Evaluation.Planning;

/// <summary>
/// Estimates the cost of full context, retrieval and LLoCO for a workload on a machine: a count of operations and bytes, divided
/// by the speed of the machine.
/// </summary>
/// <remarks>
/// Counted: projections, attention, output head, weights and keys and values read. Not counted: tokenization, search, loading,
/// norms and activations (small beside wide matrices; <see cref="DeviceFigures"/> measured for a shape hold them). Training costs
/// one forward pass and, since the base is frozen, one backward pass through the activations only; attention's backward pass is
/// taken as twice its forward one.
/// </remarks>
/// <param name="Workload">What is to be read and asked.</param>
/// <param name="SummaryVectors">Summary embeddings of one document.</param>
/// <param name="Segments">Segments of one document.</param>
/// <param name="Full">Each question reads the whole raw document.</param>
/// <param name="FullKept">The raw document's keys and values are computed once and kept in memory between questions: full context
/// at its
/// best.</param>
/// <param name="Retrieval">Each question reads raw passages.</param>
/// <param name="Lloco">Each question reads summary embeddings, whose keys and values are kept.</param>
/// <param name="CompressionSeconds">Share of LLoCO's offline seconds that compression takes, over all documents.</param>
/// <param name="TrainingSeconds">Share of them that training takes.</param>
public sealed record PlanEstimate(
    PlanWorkload Workload,
    int SummaryVectors,
    int Segments,
    PlanStrategy Full,
    PlanStrategy FullKept,
    PlanStrategy Retrieval,
    PlanStrategy Lloco,
    double CompressionSeconds,
    double TrainingSeconds)
{
    private const double MiB = 1 << 20;

    /// <summary>Bytes per number of stored vectors: bfloat16.</summary>
    private const int StoredBytes = 2;

    /// <summary>Gets the document tokens per summary embedding.</summary>
    public double Ratio => (double)Workload.DocumentTokens / SummaryVectors;

    /// <summary>Estimates what each strategy costs for a workload, from the model's shape and the device's measured
    /// rates.</summary>
    /// <param name="model">The model's shape; it must be able to compress.</param>
    /// <param name="device">What the machine reaches.</param>
    /// <param name="workload">What is to be read and asked.</param>
    /// <param name="precision">Number format of weights, keys and values; <see cref="WeightPrecision.AsStored"/> counts as two
    /// bytes.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="LlocoException">A figure is out of its range, or the model cannot compress.</exception>
    public static PlanEstimate Create(
        LlamaConfig model, DeviceFigures device, PlanWorkload workload, WeightPrecision precision = WeightPrecision.BFloat16)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(device, "device figures");
        Check(workload, "workload");
        if (model.SummaryLength < 1)
        {
            throw new LlocoException("The model cannot compress: its config.json has no summary_length. Plan with one that can.");
        }

        var planner = new Planner(model, device, workload, precision == WeightPrecision.Float32 ? 4 : 2);
        int segmentTokens = workload.SegmentTokens ?? model.SegmentLength;
        int segments = (workload.DocumentTokens + segmentTokens - 1) / segmentTokens;
        int vectors = checked(segments * model.SummaryLength);
        (double compressFlops, double compressSeconds) = planner.Compress(segmentTokens, segments);
        (double trainFlops, double trainSeconds) = planner.Train(vectors);
        int room = Math.Max(
            1,
            new WindowBudget(model.MaxPositions) { Prompt = workload.QuestionTokens, Answer = workload.AnswerTokens }.Room);
        int retrieved = Math.Min(Math.Min(workload.RetrievedTokens, workload.DocumentTokens), room);
        PlanStrategy full = planner.Strategy("full", workload.DocumentTokens, kept: false);
        PlanStrategy fullKept = planner.Strategy("full_kept", workload.DocumentTokens, kept: true);
        PlanStrategy lloco = planner.Strategy("lloco", vectors, kept: true) with
        {
            OfflineSeconds = compressSeconds + trainSeconds,
            OfflineFlops = compressFlops + trainFlops,
            StoredMiB = (double)vectors * model.HiddenSize * StoredBytes / MiB,
        };
        return new PlanEstimate(
            workload, vectors, segments, full, fullKept with { StoredMiB = fullKept.CacheMiB },
            planner.Strategy("retrieve", retrieved, kept: false), lloco, compressSeconds, trainSeconds);
    }

    private static void Check(object options, string name)
    {
        ArgumentNullException.ThrowIfNull(options, name);
        OptionsFaults.ThrowIfAny(options, name);
    }

    private sealed class Planner(LlamaConfig model, DeviceFigures device, PlanWorkload workload, int bytes)
    {
        /// <summary>A strategy with a given number of context positions, computed for each question or kept.</summary>
        public PlanStrategy Strategy(string name, int context, bool kept)
        {
            int question = workload.QuestionTokens;
            int answer = workload.AnswerTokens;
            PassCost opening = PassCost.Create(model, bytes, context, 0, rows: 0);
            PassCost prompt = kept
                ? PassCost.Create(model, bytes, question, context, rows: 1)
                : PassCost.Create(model, bytes, context + question, 0, rows: 1);
            PassCost token = PassCost.Create(model, bytes, 1, context + question + ((answer - 1) / 2.0), rows: 1);
            double first = prompt.Seconds(device);
            double each = token.Seconds(device);
            return new PlanStrategy(
                name,
                context,
                new WindowBudget(model.MaxPositions) { Prefix = context, Prompt = question, Answer = answer }.Fits,
                0,
                0,
                kept ? workload.Documents * opening.Seconds(device) : 0,
                kept ? workload.Documents * opening.Flops : 0,
                first,
                each,
                first + ((answer - 1) * each),
                prompt.Flops + ((answer - 1) * token.Flops),
                PassCost.CacheBytesPerPosition(model, bytes) * ((double)context + question + answer) / MiB,
                0);
        }

        /// <summary>All documents' segments, each behind the kept keys and values of all summaries before it.</summary>
        public (double Flops, double Seconds) Compress(int segmentTokens, int segments)
        {
            int summary = model.SummaryLength;
            double flops = 0;
            double seconds = 0;
            for (int i = 0; i < segments; i++)
            {
                int tokens = Math.Min(segmentTokens, workload.DocumentTokens - (i * segmentTokens));

                // The summary before this segment is an input again: its keys and values are those that later segments see.
                int fresh = i > 0 ? summary : 0;
                int stored = model.AccumulateSummary ? Math.Max(0, i - 1) * summary : 0;
                PassCost pass = PassCost.Create(model, bytes, fresh + tokens + summary, stored, rows: 0);
                flops += pass.Flops;
                seconds += pass.Seconds(device);
            }

            return (workload.Documents * flops, workload.Documents * seconds);
        }

        /// <summary>The adapter's training: the base is frozen, so that nothing is computed for its own gradients.</summary>
        public (double Flops, double Seconds) Train(int vectors)
        {
            double steps = (double)workload.TrainingPairs * workload.TrainingEpochs;
            PassCost forward = PassCost.Create(
                model, bytes, vectors + workload.QuestionTokens + workload.AnswerTokens, 0, rows: workload.AnswerTokens);
            double flops = steps * ((2 * (forward.MatrixFlops + forward.HeadFlops)) + (3 * forward.AttentionFlops));
            return (flops, flops / (device.TrainingFlopsPerSecond ?? device.FlopsPerSecond));
        }
    }
}
