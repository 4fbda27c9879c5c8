using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace LLoCO.Readers.Pdf;

/// <summary>The filters of PDF streams, with a bound for what they unpack to, all together.</summary>
/// <remarks>Streams of the two filters that can unpack to a multiple of their size without end, Flate and LZW, are measured before they
/// are unpacked, since the filters themselves write into memory without a bound.</remarks>
internal sealed class BoundedFilters(ReaderLimits limits, CancellationToken cancellationToken) : IFilterProvider
{
    private long _unpacked;

    /// <summary>Gets the fault once the bound is exceeded. A lenient parser may have swallowed it.</summary>
    public UnreadableException? Exceeded { get; private set; }

    /// <summary>Throws <see cref="Exceeded"/> if there is one.</summary>
    public void ThrowIfExceeded()
    {
        if (Exceeded is { } exceeded)
        {
            throw exceeded;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) =>
        Bound(DefaultFilterProvider.Instance.GetFilters(dictionary));

    /// <inheritdoc/>
    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) =>
        Bound(DefaultFilterProvider.Instance.GetNamedFilters(names));

    /// <inheritdoc/>
    public IReadOnlyList<IFilter> GetAllFilters() => Bound(DefaultFilterProvider.Instance.GetAllFilters());

    private IReadOnlyList<IFilter> Bound(IReadOnlyList<IFilter> filters) => [.. filters.Select(filter => new Bounded(filter, this))];

    private void Count(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _unpacked += bytes;
        if (_unpacked > limits.MaxUnpackedBytes)
        {
            Exceeded = new UnreadableException($"unpacks to more than {limits.MaxUnpackedBytes >> 20:N0} MiB");
            throw Exceeded;
        }
    }

    private void Measure(ReadOnlyMemory<byte> input, string filter)
    {
        if (filter.StartsWith("Flate", StringComparison.Ordinal))
        {
            MeasureFlate(input);
        }
        else if (filter.StartsWith("Lzw", StringComparison.OrdinalIgnoreCase))
        {
            MeasureLzw(input.Span);
        }
    }

    private void MeasureFlate(ReadOnlyMemory<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        byte[] buffer = new byte[1 << 16];
        try
        {
            using var deflated = new DeflateStream(Archives.ZipGuard.ToStream(input[2..]), CompressionMode.Decompress);
            while (deflated.Read(buffer) is int read and > 0)
            {
                Count(read);
            }
        }
        catch (InvalidDataException)
        {
            // A damaged stream is told, or passed over, by the filter itself; what it unpacks to was counted up to there.
        }
    }

    /// <summary>Counts what codes of growing width stand for; a code stands for one byte more than the one that it was made from.</summary>
    private void MeasureLzw(ReadOnlySpan<byte> input)
    {
        const int Clear = 256, End = 257, MaxCodes = 4096;
        int[] lengths = new int[MaxCodes];
        int next = End + 1, width = 9, last = -1;
        long bits = 0, all = input.Length * 8L;
        while (bits + width <= all)
        {
            int code = 0;
            for (int bit = 0; bit < width; bit++, bits++)
            {
                code = (code << 1) | ((input[(int)(bits >> 3)] >> (7 - (int)(bits & 7))) & 1);
            }

            if (code == End)
            {
                return;
            }

            if (code == Clear)
            {
                (next, width, last) = (End + 1, 9, -1);
                continue;
            }

            int length = code < Clear ? 1 : code < next ? lengths[code] : last < 0 ? 1 : LengthOf(last, lengths) + 1;
            Count(length);
            if (last >= 0 && next < MaxCodes)
            {
                lengths[next++] = LengthOf(last, lengths) + 1;
                width = next + 1 >= 2048 ? 12 : next + 1 >= 1024 ? 11 : next + 1 >= 512 ? 10 : 9;
            }

            last = code;
        }
    }

    private static int LengthOf(int code, int[] lengths) => code < 256 ? 1 : lengths[code];

    private sealed class Bounded(IFilter inner, BoundedFilters bounds) : IFilter
    {
        /// <inheritdoc/>
        public bool IsSupported => inner.IsSupported;

        /// <inheritdoc/>
        public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            bounds.ThrowIfExceeded();
            bounds.Measure(input, inner.GetType().Name);
            return inner.Decode(input, streamDictionary, filterProvider, filterIndex);
        }
    }
}
