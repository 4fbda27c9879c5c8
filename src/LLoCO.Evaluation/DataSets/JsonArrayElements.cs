using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Cuts the objects out of a JSON document that is one large array (HotpotQA), or an object with such an array (SQuAD),
/// without reading the whole document.</summary>
/// <remarks>It only counts brackets outside strings; what lies between them is left to the JSON parser. Structure is ASCII, so
/// the bytes of UTF-8 can be looked at one by one.</remarks>
internal sealed class JsonArrayElements(Stream stream, string file)
{
    private const int LargestElement = 1 << 28;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly MemoryStream _element = new();
    private int _position;
    private int _filled;
    private int _depth;
    private int _elementDepth;
    private long _line = 1;

    /// <summary>Gets the line in which the last element begins.</summary>
    public long Line { get; private set; }

    /// <summary>Cuts out the next object.</summary>
    /// <returns>Its JSON, or <see langword="null"/> at the end of the document.</returns>
    /// <exception cref="LlocoException">The document ends too early, or an object is larger than 256 MiB.</exception>
    public byte[]? Next()
    {
        bool inElement = false;
        bool inString = false;
        bool escaped = false;
        while (ReadByte() is { } value)
        {
            if (!inString && value is (byte)'{' or (byte)'[')
            {
                // Objects count that lie directly in the outermost array: at depth 1, or at depth 2 of an object.
                _elementDepth = _depth == 0 ? (value == '[' ? 1 : 2) : _elementDepth;
                if (!inElement && value == '{' && _depth == _elementDepth)
                {
                    (inElement, Line) = (true, _line);
                    _element.SetLength(0);
                }

                _depth++;
            }

            if (inElement)
            {
                Add(value);
            }

            if (inString)
            {
                inString = escaped || value != '"';
                escaped = !escaped && value == '\\';
            }
            else if (value == '"')
            {
                inString = true;
            }
            else if (value is (byte)'}' or (byte)']')
            {
                _depth--;
                if (inElement && _depth == _elementDepth)
                {
                    return _element.ToArray();
                }
            }
        }

        return _elementDepth > 0 && _depth == 0
            ? null
            : throw new LlocoException(
                $"{file}, line {_line}: the JSON document ends too early, or is none. Fetch the file again.");
    }

    private void Add(byte value)
    {
        if (_element.Length == LargestElement)
        {
            throw new LlocoException($"{file}, line {Line}: one object is larger than 256 MiB, which no data set's is.");
        }

        _element.WriteByte(value);
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
