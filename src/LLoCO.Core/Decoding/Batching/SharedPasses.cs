using LLoCO.Core.Compression;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Passes of libtorch that several answers share.</summary>
internal static class SharedPasses
{
    /// <summary>Feeds tokens of several prompts.</summary>
    /// <param name="sessions">The answers, each once; of one model and one adapter.</param>
    /// <param name="parts">The input of each.</param>
    /// <param name="wanted">The answers that need the logits after their last token.</param>
    /// <returns>Those logits row by row, in the order of the answers.</returns>
    internal static float[] FeedPrompts(DecodeSession[] sessions, ReadOnlyMemory<int>[] parts, bool[] wanted)
    {
        for (int row = 0; row < sessions.Length; row++)
        {
            sessions[row].Prepare(parts[row].Span);
        }

        TorchMode.Use();
        using DisposeScope scope = NewDisposeScope();
        LlamaModel model = sessions[0].Model;
        int[] ids = [.. parts.SelectMany(part => part.ToArray())];
        Tensor inputs = model.Embed(CompressionRun.Ids(ids, model.Weights.Device))[0];
        SequenceRows[] rows =
        [
            .. sessions.Select((session, row) => new SequenceRows(session.KeyValues, parts[row].Length, wanted[row] ? 1 : 0)),
        ];
        Tensor hidden = model.Infer(inputs, rows, sessions[0].Adapter);
        float[] logits = hidden.size(0) == 0 ? [] : model.Logits(hidden).cpu().data<float>().ToArray();
        for (int row = 0; row < sessions.Length; row++)
        {
            sessions[row].KeyValues.Commit(parts[row].Length);
        }

        return logits;
    }

    /// <summary>Feeds one token to each of several answers.</summary>
    /// <param name="model">Their model.</param>
    /// <param name="sessions">The answers, each once.</param>
    /// <param name="ids">The token of each.</param>
    /// <returns>The logits row by row, in the order of the answers.</returns>
    internal static float[] FeedSequences(LlamaModel model, DecodeSession[] sessions, int[] ids)
    {
        for (int row = 0; row < sessions.Length; row++)
        {
            sessions[row].Prepare(ids.AsSpan(row, 1));
        }

        TorchMode.Use();
        using DisposeScope scope = NewDisposeScope();

        // Rows of one adapter are adjacent, so its pairs multiply them at once.
        int[] order = [.. sessions.Select((session, row) => (session, row))
            .GroupBy(entry => (object?)entry.session.Adapter ?? model).SelectMany(group => group.Select(entry => entry.row))];
        DecodeSession[] rows = Array.ConvertAll(order, row => sessions[row]);
        Device device = model.Weights.Device;
        long[] starts = Array.ConvertAll(rows, row => row.KeyValues.NextPosition);
        Tensor positions = tensor(starts, [rows.Length, 1], dtype: ScalarType.Int64, device: device);
        Tensor inputs = model.Embed(CompressionRun.Ids(Array.ConvertAll(order, row => ids[row]), device).view(-1, 1));
        var pass = new ForwardPass(positions, starts.Max() + 1)
        {
            Rows = new SequenceBatch(Array.ConvertAll(rows, row => row.KeyValues), Array.ConvertAll(rows, row => row.Adapter)),
        };
        Tensor hidden = model.Forward(inputs, pass);
        long[] back = new long[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            back[order[place]] = place;
        }

        Tensor sorted = hidden.index_select(0, tensor(back, dtype: ScalarType.Int64, device: device));
        float[] logits = model.Logits(sorted).cpu().data<float>().ToArray();
        foreach (DecodeSession row in rows)
        {
            row.KeyValues.Commit(1);
        }

        return logits;
    }
}
