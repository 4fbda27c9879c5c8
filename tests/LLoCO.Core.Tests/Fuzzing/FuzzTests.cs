using LLoCO.Core.Tests.Fuzzing.Readers;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Whatever a file from elsewhere holds, it is read or refused in the library's words, soon and in little
/// memory.</summary>
public abstract class FuzzTests
{
    /// <summary>Enough to see in every run that a reader is still reached.</summary>
    protected const int Few = 150;

    /// <summary>A night's number for each reader.</summary>
    protected const int Many = 100_000;

    private static readonly ForeignReader[] All =
        [.. CheckpointReaders.All, .. TokenizerReaders.All, .. IndexReaders.All, .. TrainingReaders.All, .. DataReaders.All];

    private protected static TheoryData<string> Names(IReadOnlyList<ForeignReader> readers) => [.. readers.Select(reader => reader.Name)];

    private protected static void Run(string reader, int count) =>
        FuzzRun.Expect(All.Single(one => one.Name == reader), count, SlowCount.Longest);
}

/// <summary>Files of models, adapters and vocabularies.</summary>
public sealed class ModelFuzzTests : FuzzTests
{
    public static TheoryData<string> Readers { get; } = Names([.. CheckpointReaders.All, .. TokenizerReaders.All]);

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_DamagedFiles_AreReadOrRefused(string reader) => Run(reader, Few);

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Readers))]
    public void Read_100000DamagedFiles_AreReadOrRefused(string reader) => Run(reader, SlowCount.Of(Many));
}

/// <summary>Indexes and kept prefixes.</summary>
public sealed class IndexFuzzTests : FuzzTests
{
    public static TheoryData<string> Readers { get; } = Names(IndexReaders.All);

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_DamagedFiles_AreReadOrRefused(string reader) => Run(reader, Few);

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Readers))]
    public void Read_100000DamagedFiles_AreReadOrRefused(string reader) => Run(reader, SlowCount.Of(Many));
}

/// <summary>What training leaves, reference cases, questions and texts.</summary>
public sealed class DataFuzzTests : FuzzTests
{
    public static TheoryData<string> Readers { get; } = Names([.. TrainingReaders.All, .. DataReaders.All]);

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_DamagedFiles_AreReadOrRefused(string reader) => Run(reader, Few);

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Readers))]
    public void Read_100000DamagedFiles_AreReadOrRefused(string reader) => Run(reader, SlowCount.Of(Many));
}
