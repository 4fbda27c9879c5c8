using System.Runtime.InteropServices;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// A pickle machine that can build dictionaries, lists, tuples, numbers, strings and descriptions of tensors, and nothing else.
/// </summary>
/// <remarks>
/// A pickle is a program: <c>GLOBAL</c> names any importable object and <c>REDUCE</c> calls it. Here names are looked up in the
/// allow-list of <see cref="TorchConstructors"/> only, and a call yields a record. Operations are those of protocols 2 to 4
/// that <c>torch.save</c> emits (listed in Python's <c>pickletools</c>). The machine does not recurse, and each operation
/// makes one small object at most, so memory is bounded by the number of operations.
/// </remarks>
internal sealed class PickleMachine
{
    /// <summary>About 30 operations describe a tensor: half a million tensors.</summary>
    private const int MaxOperations = 16_000_000;

    private static readonly object Mark = new();
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly PickleInput _input;
    private readonly string _file;

    private PickleMachine(string file, byte[] pickle)
    {
        _file = file;
        _input = new PickleInput(pickle);
    }

    /// <summary>Runs a pickle.</summary>
    /// <param name="file">The file it is from, for messages.</param>
    /// <param name="pickle">The pickle.</param>
    /// <returns>The one object it leaves.</returns>
    /// <exception cref="CheckpointFormatException">It names something outside the allow-list, or is damaged.</exception>
    public static object? Run(string file, byte[] pickle)
    {
        var machine = new PickleMachine(file, pickle);
        int start = 0;
        try
        {
            for (int i = 0; i < MaxOperations; i++)
            {
                start = machine._input.Position;
                byte operation = machine._input.Byte();
                if (operation == (byte)'.')
                {
                    return machine._stack.Count == 1
                        ? machine.Pop()
                        : throw new FormatException("it ends with other than one object");
                }

                machine.Step(operation);
            }

            throw new FormatException($"it has over {MaxOperations} operations");
        }
        catch (FormatException error)
        {
            throw new CheckpointFormatException(
                file, null, $"the pickle is not one of tensors (at byte {start}): {error.Message}", error);
        }
    }

    private void Step(byte operation)
    {
        switch (operation)
        {
            case 0x80: CheckProtocol(_input.Byte()); break;
            case 0x95: _input.SkipFrame(); break;
            case (byte)'(': Push(Mark); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Peek()); break;
            case (byte)'}': Push(new PickleDictionary()); break;
            case (byte)']': Push(new PickleList()); break;
            case (byte)')': Push(Array.Empty<object?>()); break;
            case (byte)'t': Push(PopToMark()); break;
            case 0x85: Push(PopMany(1)); break;
            case 0x86: Push(PopMany(2)); break;
            case 0x87: Push(PopMany(3)); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'s': SetItems(PopMany(2)); break;
            case (byte)'u': SetItems(PopToMark()); break;
            case (byte)'c': Push(Name(_input.Line(), _input.Line())); break;
            case 0x93: Push(StackName()); break;
            case (byte)'R': Reduce(); break;
            case 0x81: Reduce(); break;
            case (byte)'b': Build(); break;
            case (byte)'Q': Push(TorchConstructors.Persistent(Pop())); break;
            default: StepValue(operation); break;
        }
    }

    /// <summary>Constants and the memo.</summary>
    private void StepValue(byte operation)
    {
        switch (operation)
        {
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'J': Push((long)_input.Int32()); break;
            case (byte)'K': Push((long)_input.Byte()); break;
            case (byte)'M': Push((long)_input.UInt16()); break;
            case 0x8a: Push(_input.Long(_input.Byte())); break;
            case 0x8b: Push(_input.Long(_input.Int32())); break;
            case (byte)'G': Push(_input.Double()); break;
            case (byte)'X': Push(_input.Text(_input.UInt32())); break;
            case 0x8c: Push(_input.Text(_input.Byte())); break;
            case 0x8d: Push(_input.Text(_input.UInt64())); break;
            case (byte)'q': _memo[_input.Byte()] = Peek(); break;
            case (byte)'r': _memo[_input.UInt32()] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;
            case (byte)'h': Push(Recall(_input.Byte())); break;
            case (byte)'j': Push(Recall(_input.UInt32())); break;
            default: throw new FormatException($"operation 0x{operation:x2} is not one that a checkpoint needs");
        }
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5)
        {
            throw new FormatException($"protocol {protocol} is not supported");
        }
    }

    private PickleName Name(string module, string name) =>
        TorchConstructors.Find(module, name) ?? throw new CheckpointFormatException(
            _file,
            $"{module}.{name}",
            "the pickle refers to this object, which tensors are not made of; it was refused and nothing was run");

    private PickleName StackName() => PopMany(2) is [string module, string name]
        ? Name(module, name)
        : throw new FormatException("a name is not made of two strings");

    private void Reduce()
    {
        object?[] pair = PopMany(2);
        Push(pair is [PickleName name, object?[] arguments]
            ? TorchConstructors.Call(name, arguments)
            : throw new FormatException("something that is not a constructor is called"));
    }

    /// <summary>Sets attributes, such as a state dictionary's <c>_metadata</c>: nothing that tensors depend on.</summary>
    private void Build()
    {
        Pop();
        if (Peek() is not PickleDictionary)
        {
            throw new FormatException("attributes are set on something that is not a dictionary");
        }
    }

    private void Append(object?[] items)
    {
        PickleList list = Peek() as PickleList
            ?? throw new FormatException("an item is appended to something that is not a list");
        foreach (object? item in items)
        {
            list.Add(item);
        }
    }

    private void SetItems(object?[] items)
    {
        PickleDictionary dictionary = Peek() as PickleDictionary
            ?? throw new FormatException("an item is set in something that is not a dictionary");
        if (items.Length % 2 != 0)
        {
            throw new FormatException("a dictionary key has no value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i] ?? throw new FormatException("a dictionary key is None"), items[i + 1]);
        }
    }

    private object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value) ? value : throw new FormatException($"memo entry {index} is not there");

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark)
        ? _stack[^1]
        : throw new FormatException("the stack is empty where an object is expected");

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        object?[] values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
        {
            throw new FormatException("a mark is missing");
        }

        object?[] values = CollectionsMarshal.AsSpan(_stack)[(mark + 1)..].ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }
}
