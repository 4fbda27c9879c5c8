using System.Diagnostics;
using System.Text.RegularExpressions;
using LLoCO.Core.Tests.Fuzzing.Readers;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>No reader waits for a pipe, reads a device without end, or takes a file of any size into memory.</summary>
public sealed partial class ReaderBoundsTests
{
    private const long HugeFile = 64L << 30;

    /// <summary>One line of a data set may have 64 MiB, which growing buffers hold several times over.</summary>
    private const long MaxBytes = 1L << 30;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly ForeignReader[] All =
        [.. CheckpointReaders.All, .. TokenizerReaders.All, .. IndexReaders.All, .. TrainingReaders.All, .. DataReaders.All];

    /// <summary>Files of the library that open files, each of which a reader of <see cref="All"/> comes through; or that open what
    /// only this process, the system or the package itself writes.</summary>
    private static readonly string[] Openers =
    [
        "LLoCO.Core/Checkpoints/AtomicFile.cs", "LLoCO.Core/Checkpoints/BinaryFile.cs", "LLoCO.Core/TextFile.cs",
        "LLoCO.Core/Tokenization/VocabularyFile.cs", "LLoCO.Embeddings.MiniLM/Model/WordPieces.cs",
        "LLoCO.Evaluation/DataSets/DataSetLines.cs",
        "LLoCO.Evaluation/DataSets/JsonObjects.cs", "LLoCO.Evaluation/EvaluationResultsFile.cs",
        "LLoCO.Orleans/FolderJobStore.cs", "LLoCO.Orleans/FolderModelStore.cs", "LLoCO.Orleans/ModelFetch.cs",
        "LLoCO.Orleans/Storage/SharedFile.cs",
        "LLoCO.Readers/ReaderFile.cs",
        "LLoCO.Tenants/FolderLock.cs", "LLoCO.Tool/EvaluationSettings.cs", "LLoCO.Tool/Inspector.cs",
        "LLoCO.Tool/Verbs/Bench/BenchEnvironment.cs", "LLoCO.Tool/Verbs/Bench/FileReading.cs",
        "LLoCO.Tool/Verbs/Bench/ProcessMemory.cs", "LLoCO.Tool/Verbs/Train/LossChart.cs", "LLoCO.Training/SelfStudy/StudyCache.cs",
        "LLoCO.Training/TrainingFolder.cs",
    ];

    public static TheoryData<string> Readers { get; } = [.. All.Select(reader => reader.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_APipe_IsRefusedAtOnce(string reader)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "pipes are made with mkfifo");
        ExpectBound(reader, path =>
        {
            using Process make = Process.Start("mkfifo", [path]);
            make.WaitForExit();
            Assert.Equal(0, make.ExitCode);
        });
    }

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Readers))]
    public void Read_ADevice_IsRefusedAtOnce(string reader)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");
        ExpectBound(reader, path => File.CreateSymbolicLink(path, "/dev/zero"));
    }

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Readers))]
    public void Read_AFileOfManyGigabytes_IsRefusedInLittleMemory(string reader) => ExpectBound(reader, path =>
    {
        // Sparse: it takes no room.
        using FileStream file = File.Create(path);
        file.SetLength(HugeFile);
    });

    /// <summary>A new reader of files comes to the list of readers above, and with it to the fuzz.</summary>
    [Fact]
    public void Source_CallsThatOpenFiles_StandWhereTheyAreBounded()
    {
        string source = Path.Combine(RepositoryFiles.Root, "src");
        string[] found =
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("\\obj\\", StringComparison.Ordinal))
                .Where(file => OpensFile().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];

        Assert.Equal(Openers.Order(StringComparer.Ordinal), found);
    }

    private static void ExpectBound(string name, Action<string> make)
    {
        ForeignReader reader = All.Single(one => one.Name == name);
        using var folder = new FuzzFolder();
        OpenedReader opened = reader.Open(folder);
        string path = folder.PathOf(opened.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        make(path);
        long bytes = 0;
        Exception? refusal = null;
        var thread = new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();

            // Some open it in more than one way.
            refusal = Record.Exception(() => opened.Read(path)) is LlocoException
                ? Record.Exception(() => opened.Read(path)) : new InvalidOperationException("not refused");
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }) { IsBackground = true };
        thread.Start();

        Assert.True(thread.Join(Longest), $"{name} does not come to an end.");
        Assert.IsAssignableFrom<LlocoException>(refusal);
        Assert.True(bytes < MaxBytes, $"{name} took {bytes} bytes.");
    }

    [GeneratedRegex(@"\bFile\.(Open\w*|Read\w+|AppendText)\(|new FileStream\(|FileStream stream = new\(|new StreamReader\((?!stream\b)|TextFieldParser\(file\)")]
    private static partial Regex OpensFile();
}
