using System.ComponentModel.DataAnnotations;
using System.Reflection;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using LLoCO.Core.Validation;
using LLoCO.Models.Tiny;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Building;

/// <summary>Every option of the builder is checked before anything is opened, whether or not a check knows it by name.</summary>
public sealed class BuilderOptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<LlocoPipelineBuilder>> Faulty => new()
    {
        { "Decoding.Threads is 999; it must be 0 to 256 (UseDecoding).", builder => builder.UseDecoding(new() { Threads = 999 }) },
        {
            "Decoding.Weights is 9, which is not known; it must be AsStored, Int8 or Int4 (UseDecoding).",
            builder => builder.UseDecoding(new() { Weights = (DecodeWeights)9 })
        },
        {
            "Decoding.Engine is 9, which is not known; it must be Auto or LibTorch (UseDecoding).",
            builder => builder.UseDecoding(new() { Engine = (DecodeEngineKind)9 })
        },
        {
            "Generation.Temperature is -0.4; it must be 0 to 100 (UseGeneration).",
            builder => builder.UseGeneration(new() { Temperature = -0.4 })
        },
        {
            "Fidelity.Below is 5, which is not known; it must be Accept, Mark or Refuse (UseFidelity).",
            builder => builder.UseFidelity(new() { Below = (FidelityAction)5 })
        },
        {
            "Storage is 9, which is not known; it must be BFloat16, Int8 or Float32 (UseStorage).",
            builder => builder.UseStorage((SummaryEncoding)9)
        },
        {
            "Device.Kind is 4, which is not known; it must be Cpu or Cuda (UseDevice).",
            builder => builder.UseDevice(new LlocoDevice((LlocoDeviceKind)4, 0))
        },
        { "Device.Index is -1; it must be 0 or more (UseDevice).", builder => builder.UseDevice(LlocoDevice.Cpu with { Index = -1 }) },
        { "Batching.MaxSequences is 0; it must be 1 to 256 (UseBatching).", builder => builder.UseBatching(new() { MaxSequences = 0 }) },
        {
            "Prefixes.Folder ('a\\0b') holds the character NUL; no path does (UsePrefixCache).",
            builder => builder.UsePrefixCache(new() { Folder = "a\0b" })
        },
        { "IndexFile ('i\\0.db') holds the character NUL; no path does (UseIndex).", builder => builder.UseIndex("i\0.db") },
        { "IndexFile is blank; it must name a file or folder (UseIndex).", builder => builder.UseIndex("") },
        { "Expand.Passages is 0; it must be 1 to 1024 (UseExpand).", builder => builder.UseExpand(new() { Passages = 0 }) },
        { "TopK is 1025; it must be 1 to 1024 (UseTopK).", builder => builder.UseTopK(1025) },
        {
            "WindowPolicy is 3, which is not known; it must be Error or FewerDocuments (UseWindowPolicy).",
            builder => builder.UseWindowPolicy((WindowPolicy)3)
        },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Build_OneFault_SaysItBeforeAnythingIsLoaded(string expected, Action<LlocoPipelineBuilder> spoil)
    {
        LlocoPipelineBuilder builder = Complete();
        spoil(builder);

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(() => builder.BuildAsync(Token));

        Assert.Equal(expected, Assert.Single(error.Faults));
    }

    [Fact]
    public async Task Build_AllOfThem_AreInOneError()
    {
        LlocoPipelineBuilder builder = Complete();
        string[] expected = [.. Faulty.Select(row => row.Data.Item1)
            .Where(fault => !fault.Contains("Generation", StringComparison.Ordinal) && !fault.Contains("Threads", StringComparison.Ordinal)
                && !fault.Contains("Weights", StringComparison.Ordinal) && !fault.Contains("Index is", StringComparison.Ordinal)
                && !fault.Contains("i\\0", StringComparison.Ordinal))];
        foreach (TheoryDataRow<string, Action<LlocoPipelineBuilder>> row in Faulty.Where(row => expected.Contains(row.Data.Item1)))
        {
            row.Data.Item2(builder);
        }

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(() => builder.BuildAsync(Token));

        Assert.Equal(expected.Order(StringComparer.Ordinal), error.Faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Build_MergeOfAnAdapterThatIsNot_NamesThoseThereAre()
    {
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder().UseModel(TinyModel.Package).MergeAdapter("nope");

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(() => builder.BuildAsync(Token));

        string fault = Assert.Single(error.Faults);
        Assert.StartsWith("There is no adapter 'nope' to merge (MergeAdapter). There are ", fault, StringComparison.Ordinal);
        Assert.All(TinyModel.Package.FindAdapters().Keys, name => Assert.Contains(name, fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Build_LoadingFails_LeavesTheBuilderOpen()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("index.db");
        await File.WriteAllTextAsync(file, "this is no database, however long one looks at it", Token);
        LlocoPipelineBuilder builder = Complete().UseIndex(file);
        await Assert.ThrowsAnyAsync<LlocoException>(() => builder.BuildAsync(Token));

        await using LlocoPipeline pipeline = await builder.UseIndex(folder.PathOf("other.db")).BuildAsync(Token);

        Assert.Equal(4096, pipeline.NativeWindow);
        Assert.Throws<InvalidOperationException>(() => builder.UseTopK(2));
    }

    [Fact]
    public void Settings_WhatCanBeWrong_NamesTheCallThatSetsIt()
    {
        PropertyInfo[] checkable = [.. typeof(PipelineSettings).GetProperties().Where(property =>
            property.IsDefined(typeof(RangeAttribute)) || property.IsDefined(typeof(FilePathAttribute))
            || (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is { IsEnum: true, IsPublic: true }
            || property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))];

        Assert.True(checkable.Length >= 11, $"{checkable.Length}");
        Assert.All(checkable, property => Assert.NotEmpty(typeof(LlocoPipelineBuilder).GetMember(
            property.GetCustomAttribute<SetByAttribute>()?.Call ?? property.Name)));
    }

    [Fact]
    public void Build_EveryRangeOfEveryOption_IsLookedAt()
    {
        // By reflection over the settings, as the check itself goes: an option added later is here without a line more.
        PropertyInfo[] records = [.. typeof(PipelineSettings).GetProperties()
            .Where(property => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))];
        int looked = 0;
        foreach (PropertyInfo record in records)
        {
            foreach (PropertyInfo option in record.PropertyType.GetProperties().Where(one => one.IsDefined(typeof(RangeAttribute))))
            {
                var settings = new PipelineSettings { Model = TinyModel.Package };
                object options = Activator.CreateInstance(record.PropertyType)!;
                Type type = Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;
                option.SetValue(options, Convert.ChangeType(-1, type, System.Globalization.CultureInfo.InvariantCulture));
                record.SetValue(settings, options);

                string fault = Assert.Single(PipelineValidator.FindFaults(settings));

                Assert.StartsWith($"{record.Name}.{option.Name} is -1; it must be ", fault, StringComparison.Ordinal);
                looked++;
            }
        }

        Assert.True(looked >= 14, $"{looked}");
    }

    private static LlocoPipelineBuilder Complete() => LlocoPipeline.CreateBuilder()
        .UseTokenizer(new CharacterTokenizer())
        .UseCompressor(new CountingCompressor())
        .UseDecoder(new ScoringDecoder(new EchoDecoder(new CountingCompressor().Fingerprint))
        {
            Score = (_, _) => new ContinuationScore(0, true),
        });
}
