using System.Runtime.InteropServices;
using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Cuts the objects out of a JSON document that is one large array (HotpotQA), or an object with such an array as
/// <c>data</c> (SQuAD), without reading the whole document. What else the array holds comes out too, for the parser to refuse.</summary>
/// <remarks>It only counts brackets outside strings; what lies between them is left to the JSON parser. Structure is ASCII, so
/// the bytes of UTF-8 can be looked at one by one.</remarks>
internal sealed class JsonArrayElements(Stream stream, string file)
{
    private const int LargestElement = 1 << 26;

    // Longer than the key; a text may be at its place.
    private const int MaxKey = 16;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly List<byte> _element = [];
    private readonly List<byte> _key = [];
    private int _position;
    private int _filled;
    private int _depth;
    private int _elementDepth;
    private bool _isObject;
    private bool _inArray;
    private bool _hasArray;
    private long _line = 1;

    /// <summary>Gets the line in which the last element begins.</summary>
    public long Line { get; private set; }

    private static ReadOnlySpan<byte> ArrayKey => "data"u8;

    /// <summary>Cuts out the next element.</summary>
    /// <returns>Its JSON, or <see langword="null"/> at the end of the document.</returns>
    /// <exception cref="LlocoException">The document ends too early, holds no such array, or an object is larger than
    /// 64 MiB.</exception>
    public byte[]? Next()
    {
        var state = new ScanState();
        while (ReadByte() is { } value)
        {
            if (!state.InString)
            {
                if (state.InElement && _depth == _elementDepth && (value is (byte)',' or (byte)']'))
                {
                    // The end of an element that is no object.
                    _depth -= value == ']' ? 1 : 0;
                    _inArray &= value != ']';
                    return _element.ToArray();
                }

                Open(value, ref state);
            }
            else if (_isObject && _depth == 1 && _key.Count < MaxKey)
            {
                _key.Add(value);
            }

            if (state.InElement)
            {
                Add(value);
            }

            if (Close(value, ref state))
            {
                return _element.ToArray();
            }
        }

        return End();
    }

    private void Open(byte value, ref ScanState state)
    {
        bool opens = value is (byte)'{' or (byte)'[';
        if (opens && _depth == 0)
        {
            (_isObject, _elementDepth) = (value == '{', value == '{' ? 2 : 1);
        }

        bool isWhite = value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
        if (!opens && !isWhite && _depth == 0)
        {
            // Nothing else stands outside the document; a file without an end would be read for hours.
            throw new LlocoException($"{file}, line {_line}: this is no JSON document. Is it a file of this data set?");
        }

        if (!state.InElement && _inArray && _depth == _elementDepth && !isWhite && value is not ((byte)',' or (byte)']'))
        {
            (state.InElement, Line) = (true, _line);
            _element.Clear();
        }

        if (opens)
        {
            if (value == '[' && _depth == _elementDepth - 1)
            {
                _inArray = !_isObject || CollectionsMarshal.AsSpan(_key).SequenceEqual(ArrayKey);
                _hasArray |= _inArray;
            }

            _depth++;
        }
        else if (value == '"' && _depth == 1)
        {
            _key.Clear();
        }
    }

    // Checks whether an element that is an object or array ends here.
    private bool Close(byte value, ref ScanState state)
    {
        if (state.InString)
        {
            bool ends = !state.Escaped && value == '"';
            if (ends && _key.Count > 0 && _isObject && _depth == 1)
            {
                _key.RemoveAt(_key.Count - 1);
            }

            state.InString = !ends;
            state.Escaped = !state.Escaped && value == '\\';
            return false;
        }

        if (value == '"')
        {
            state.InString = true;
            return false;
        }

        if (value is not ((byte)'}' or (byte)']'))
        {
            return false;
        }

        _depth--;
        if (_depth == _elementDepth - 1)
        {
            _inArray = false;
        }

        return state.InElement && _depth == _elementDepth;
    }

    private byte[]? End() => _elementDepth == 0 || _depth != 0
        ? throw new LlocoException($"{file}, line {_line}: the JSON document ends too early or is invalid. Download the file again.")
        : _hasArray
            ? null
            : throw new LlocoException($"{file}: the JSON object holds no array 'data'. Is it a file of this data set?");

    private struct ScanState
    {
        public bool InElement;
        public bool InString;
        public bool Escaped;
    }

    private void Add(byte value)
    {
        if (_element.Count == LargestElement)
        {
            throw new LlocoException($"{file}, line {Line}: one object is larger than 64 MiB, which no data set's is.");
        }

        _element.Add(value);
    }

    private byte? ReadByte()
    {
        if (_position == _filled)
        {
            (_position, _filled) = (0, stream.Read(_buffer));
            if (_filled == 0)
            {
                return null;
            }
        }

        byte value = _buffer[_position++];
        _line += value == '\n' ? 1 : 0;
        return value;
    }
}
