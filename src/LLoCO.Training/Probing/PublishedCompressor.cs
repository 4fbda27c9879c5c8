using LLoCO.Core.Checkpoints;

namespace LLoCO.Training.Probing;

/// <summary>A compressor of another project in a model folder, seen without loading its weights.</summary>
/// <param name="Kind">What it is, for people.</param>
/// <param name="DecoderFolder">The folder of the decoder: its <c>config.json</c>, weights and tokenizer.</param>
/// <param name="SegmentLength">Tokens that are compressed together.</param>
/// <param name="SummaryLength">Vectors that a full segment becomes.</param>
/// <param name="Files">Files beside the decoder's.</param>
public sealed record PublishedCompressor(
    string Kind, string DecoderFolder, int SegmentLength, int SummaryLength, IReadOnlyList<string> Files)
{
    /// <summary>Finds one.</summary>
    /// <param name="folder">A model folder.</param>
    /// <returns>The compressor; <see langword="null"/> if the folder holds none.</returns>
    /// <exception cref="CheckpointFormatException">A file of it is damaged or not supported.</exception>
    public static PublishedCompressor? Find(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (LclmFolder.IsOne(folder))
        {
            LclmFolder found = LclmFolder.Read(folder);
            using CheckpointFolder encoder = CheckpointFolder.Open(found.Encoder);
            return new PublishedCompressor(
                $"LCLM: an encoder of its own, the mean of every {found.Ratio} tokens", found.Decoder, found.Window,
                found.Window / found.Ratio, [found.AdapterFile, .. encoder.Files]);
        }

        if (IcaeFile.Find(folder) is not { } path)
        {
            return null;
        }

        using IcaeFile file = IcaeFile.Open(path);
        return new PublishedCompressor(
            $"ICAE v2: LoRA of rank {file.Rank} while compressing, none while answering", folder, file.Slots * IcaeFile.TokensPerSlot,
            file.Slots, [path]);
    }
}
