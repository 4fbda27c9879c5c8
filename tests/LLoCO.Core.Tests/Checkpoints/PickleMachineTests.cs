using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Pickles that name other code, are damaged, or try to take more memory than they have.</summary>
public sealed class PickleMachineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public PickleMachineTests() => _path = _folder.PathOf("model.pth");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("__builtin__", "exec")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("collections", "defaultdict")]
    [InlineData("", "")]
    public void Run_NameOutsideTheAllowList_IsRefusedByName(string module, string name)
    {
        PickleBuilder pickle = new PickleBuilder().Do("}(").Text("w").Name(module, name).Do("(").Text("touch it").Do("tRu.");
        TorchFile.Write(_path, pickle);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, $"{module}.{name}", "it was refused and nothing was run");
    }

    [Fact]
    public void Run_NameFromTheStack_IsRefusedByName()
    {
        TorchFile.Write(_path, new PickleBuilder().Text("os").Text("system").Raw(0x93).Do("(").Text("touch it").Do("tR."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "os.system", "refused");
    }

    [Theory]
    [InlineData("i")] // INST: imports and calls
    [InlineData("o")] // OBJ: calls
    [InlineData("P")] // PERSID of protocol 0
    [InlineData("\u0082")] // EXT1: a registered object
    [InlineData("\u0092")] // NEWOBJ_EX: calls with keywords
    [InlineData("\u0096")] // BYTEARRAY8
    [InlineData("\u0097")] // NEXT_BUFFER
    [InlineData("\u008f")] // EMPTY_SET
    [InlineData("\u0000")]
    public void Run_OperationThatNoCheckpointNeeds_IsRefused(string operation)
    {
        TorchFile.Write(_path, new PickleBuilder().Do(operation));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "is not one that a checkpoint needs");
    }

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "0 are left", [] },
        { "0 are left", [.. "}"u8] },
        { "protocol 1", [0x80, 1] },
        { "protocol 6", [0x80, 6] },
        { "stack is empty", [.. "0"u8] },
        { "stack is empty", [.. "2"u8] },
        { "stack is empty", [.. "a"u8] },
        { "stack is empty", [.. "R"u8] },
        { "stack is empty", [.. "(R"u8] },
        { "stack is empty", [.. "(q\0"u8] },
        { "stack is empty", [0x87] },
        { "a mark is missing", [.. "t"u8] },
        { "a mark is missing", [.. "}u"u8] },
        { "a mark is missing", [.. "1"u8] },
        { "other than one object", [.. "."u8] },
        { "other than one object", [.. "}}."u8] },
        { "memo entry 7", [.. "h\u0007"u8] },
        { "memo entry 4294967295", [(byte)'j', 255, 255, 255, 255] },
        { "not a list", [.. "}Na"u8] },
        { "not a dictionary", [.. "]NNs"u8] },
        { "not a dictionary", [.. "]}b"u8] },
        { "no value", [.. "}(Nu"u8] },
        { "key is None", [.. "}NNs"u8] },
        { "not a constructor", [.. "})R"u8] },
        { "persistent id", [.. ")Q"u8] },
        { "without an end", [.. "ctorch"u8] },
        { "without an end", [(byte)'c', .. Enumerable.Repeat((byte)'x', 300), (byte)'\n'] },
        { "4294967295 bytes are asked for", [(byte)'X', 255, 255, 255, 255] },
        { "9223372036854775807 bytes are asked for", [0x8d, 255, 255, 255, 255, 255, 255, 255, 127] },
        { "length over 63 bits", [0x8d, 255, 255, 255, 255, 255, 255, 255, 255] },
        { "an integer of 9 bytes", [0x8a, 9, .. new byte[9]] },
        { "an integer of 2147483647 bytes", [0x8b, 255, 255, 255, 127] },
        { "an integer of -1 bytes", [0x8b, 255, 255, 255, 255] },
        { "valid UTF-8", [(byte)'X', 2, 0, 0, 0, 0xc3, 0x28] },
        { "collections.OrderedDict is called", [.. "ccollections\nOrderedDict\n(Ntr"u8, 0, 0, 0, 0, (byte)'R'] },
        { "torch._utils._rebuild_tensor_v2 is called", [.. "ctorch._utils\n_rebuild_tensor_v2\n)R"u8] },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Run_DamagedPickle_IsRefused(string fault, byte[] pickle)
    {
        Refusal.Expect(() => PickleMachine.Run(_path, pickle), _path, null, fault);
    }

    [Fact]
    public void Run_ShapeOfManyDimensions_IsNotCopied()
    {
        // One long tuple, referred to again and again, would be copied each time.
        PickleBuilder pickle = new PickleBuilder().Do("(");
        for (int i = 0; i < 100_000; i++)
        {
            pickle.Raw((byte)'K', 1);
        }

        pickle.Do("tq").Raw(0).Do("0}(").Text("w").Name("torch._utils", "_rebuild_tensor_v2").Do("(")
            .Storage("FloatStorage", "0", 24).Integer(0).Do("h").Raw(0).Do("h").Raw(0).Raw(0x89).Do("}tRu.");
        byte[] bytes = pickle.ToArray();

        Refusal.Expect(() => PickleMachine.Run(_path, bytes), _path, null, "100000 dimensions");
    }

    [Fact]
    public void Run_MillionNestedTuples_EndsWithoutRecursion()
    {
        byte[] pickle = new byte[1_000_002];
        pickle.AsSpan().Fill(0x85);
        pickle[0] = (byte)'N';
        pickle[^1] = (byte)'.';

        object? result = PickleMachine.Run(_path, pickle);

        Assert.IsType<object?[]>(result);
    }

    [Fact]
    public void Run_MemoAtHighIndex_TakesNoTable()
    {
        byte[] pickle = [.. "}r"u8, 255, 255, 255, 255, (byte)'.'];
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.IsType<PickleDictionary>(PickleMachine.Run(_path, pickle));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Run_EndlessOperations_StopAtTheLimit()
    {
        byte[] pickle = new byte[20_000_000];
        for (int i = 0; i < pickle.Length; i += 2)
        {
            pickle[i] = (byte)'N';
            pickle[i + 1] = (byte)'0';
        }

        Refusal.Expect(() => PickleMachine.Run(_path, pickle), _path, null, "16000000 operations");
    }
}
