using LLoCO.Core.Compression;
using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Training;

/*
 *   row 1:  summary embeddings of its documents | raw tokens        (padded on the right to the longest prefix)
 *   row 2:  summary embeddings ......................... | padding
 *
 * Rows of a batch may have prefixes of any length and kind; a row without one has padding only.
 */

/// <summary>The prefixes of a batch of examples.</summary>
/// <param name="Vectors">Inputs of the model, <c>[rows, width, hidden]</c>.</param>
/// <param name="Valid">Boolean <c>[rows, width]</c>: not padding; <see langword="null"/> where nothing is.</param>
/// <param name="Lengths">Int64 <c>[rows, 1]</c>.</param>
internal sealed record AdapterPrefix(Tensor Vectors, Tensor? Valid, Tensor Lengths)
{
    /// <summary>Lays prefixes out in rows.</summary>
    /// <param name="model">The model that will read them.</param>
    /// <param name="rows">One example per row; its question is not looked at.</param>
    internal static AdapterPrefix From(LlamaModel model, IReadOnlyList<AdapterExample> rows)
    {
        int hidden = model.Config.HiddenSize;
        int[] lengths = [.. rows.Select(row => row.Documents.Sum(document => document.Count) + row.RawText.Length)];
        int width = lengths.Max();
        var vectors = new float[(long)rows.Count * width * hidden];
        var ids = new long[rows.Count * width];
        var isRaw = new bool[ids.Length];
        var valid = new bool[ids.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            int place = row * width;
            valid.AsSpan(place, lengths[row]).Fill(true);
            foreach (SummaryEmbeddings document in rows[row].Documents)
            {
                SummaryPayload.Decode(document).CopyTo(vectors, (long)place * hidden);
                place += document.Count;
            }

            foreach (int id in rows[row].RawText.Span)
            {
                (ids[place], isRaw[place]) = (id, true);
                place++;
            }
        }

        Device device = model.Weights.Device;
        long[] shape = [rows.Count, width];
        bool allRaw = isRaw.AsSpan().SequenceEqual(valid);
        Tensor? read = isRaw.Contains(true) ? model.Embed(tensor(ids, shape, device: device)) : null;
        Tensor? given = allRaw && read is not null
            ? null
            : tensor(vectors, [rows.Count, width, hidden]).to(device).to(model.Weights.Type);
        Tensor inputs = read is null ? given! : given is null ? read
            : where(tensor(isRaw, shape, device: device).unsqueeze(2), read, given);
        return new AdapterPrefix(
            inputs,
            valid.Contains(false) ? tensor(valid, shape, device: device) : null,
            tensor(lengths.Select(length => (long)length).ToArray(), [rows.Count, 1], device: device));
    }
}
