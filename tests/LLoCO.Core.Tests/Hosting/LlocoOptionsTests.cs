using System.Reflection;
using LLoCO.Core.Compression;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace LLoCO.Core.Tests.Hosting;

/// <summary>Settings of a pipeline from an application's configuration.</summary>
public sealed class LlocoOptionsTests
{
    /// <summary>What only code can say: it takes an object.</summary>
    private static readonly string[] CodeOnly =
    [
        nameof(LlocoPipelineBuilder.UseModel), nameof(LlocoPipelineBuilder.UseTokenizer), nameof(LlocoPipelineBuilder.UseCompressor),
        nameof(LlocoPipelineBuilder.UseProjector), nameof(LlocoPipelineBuilder.UseDecoder), nameof(LlocoPipelineBuilder.UseEmbedder),
        nameof(LlocoPipelineBuilder.UseTextFallback), nameof(LlocoPipelineBuilder.UseLogging), nameof(LlocoPipelineBuilder.AddIndexKind),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Properties_AreTheSettingsOfTheBuilder()
    {
        string[] settings =
        [
            .. typeof(LlocoPipelineBuilder).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.ReturnType == typeof(LlocoPipelineBuilder) && !CodeOnly.Contains(method.Name))
                .Select(method => method.Name switch
                {
                    nameof(LlocoPipelineBuilder.UseCheckpoint) => nameof(LlocoOptions.Model),
                    nameof(LlocoPipelineBuilder.AddAdapter) => nameof(LlocoOptions.Adapters),
                    nameof(LlocoPipelineBuilder.MergeAdapter) => nameof(LlocoOptions.MergedAdapters),
                    string name => name["Use".Length..],
                })
                .Distinct().Order(StringComparer.Ordinal),
        ];

        Assert.Equal(settings, typeof(LlocoOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AddLloco_EverySettingInTheConfiguration_IsMadeOverTheCode()
    {
        IConfiguration section = Section(
            ("Model", "models/a"), ("Device", "cuda:1"), ("Precision", "Float32"), ("Index", "notes.db"),
            ("Adapters:ship", "adapters/ship"), ("MergedAdapters:0", "ship"), ("Generation:MaxNewTokens", "7"),
            ("Generation:StopStrings:0", "\n"), ("Generation:StopTokenIds:0", "5"), ("Decoding:Threads", "3"),
            ("PrefixCache:MaxBytes", "1000"), ("PrefixCache:Folder", "kv"), ("Batching:MaxSequences", "2"), ("Prompt", "Q {question}"),
            ("ChatTemplate", "none"), ("TopK", "4"), ("WindowPolicy", "FewerDocuments"), ("Expand:When", "Always"),
            ("Expand:Passages", "2"), ("DoubtPolicy", "Refuse"), ("Fidelity:ProbesPerSegment", "1"), ("Storage", "Int8"));
        var builder = LlocoPipeline.CreateBuilder();
        builder.UseTopK(9).UsePrompt("other {question}");
        var options = new LlocoOptions();
        section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);

        LLoCO.Extensions.Hosting.Settings.OptionsApplier.Apply(options, builder);

        var made = (PipelineSettings)typeof(LlocoPipelineBuilder).GetField("_settings", BindingFlags.NonPublic | BindingFlags.Instance)!
            .GetValue(builder)!;
        Assert.Equal("models/a", made.Model!.Folder);
        Assert.Equal(LlocoDevice.Cuda(1), made.Device);
        Assert.Equal((WeightPrecision.Float32, "notes.db", 4), (made.Precision, made.IndexFile, made.TopK));
        Assert.Equal(("ship", "adapters/ship"), Assert.Single(made.Adapters));
        Assert.Equal("ship", Assert.Single(made.MergedAdapters));
        Assert.Equal((7, "\n", 5), (made.Generation.MaxNewTokens, made.Generation.StopStrings[0], made.Generation.StopTokenIds[0]));
        Assert.Equal((3, 1000, "kv"), (made.Decoding.Threads, made.Prefixes.MaxBytes, made.Prefixes.Folder));
        Assert.Equal((2, 1024), (made.Batching.MaxSequences, made.Batching.MaxWaiting));
        Assert.Equal(("Q {question}", "none"), (made.Prompt, made.ChatTemplate));
        Assert.Equal((WindowPolicy.FewerDocuments, DoubtPolicy.Refuse), (made.WindowPolicy, made.DoubtPolicy));
        Assert.Equal(new ExpandOptions { When = ExpandWhen.Always, Passages = 2 }, made.Expand);
        Assert.Equal((1, SummaryEncoding.Int8), (made.Fidelity!.ProbesPerSegment, made.Storage));
    }

    [Theory]
    [InlineData("TopKay", "2", "Lloco:TopKay is no setting. There are Adapters, Batching")]
    [InlineData("Generation:Temprature", "0", "Lloco:Generation:Temprature is no setting. There are MaxNewTokens, RepetitionPenalty, Seed")]
    [InlineData("Fidelity:Probes", "x", "Lloco:Fidelity:Probes is no setting.")]
    [InlineData("Generation", "fast", "Lloco:Generation is a section, not 'fast'.")]
    [InlineData("TopK:Most", "2", "Lloco:TopK is one value, not a section.")]
    [InlineData("TopK", "many", "Lloco:TopK cannot be 'many'.")]
    [InlineData("Generation:StopTokenIds:0", "x", "Lloco:Generation:StopTokenIds:0 cannot be 'x'.")]
    [InlineData("WindowPolicy", "Wide", "Lloco:WindowPolicy cannot be 'Wide'.")]
    [InlineData("TopK", "0", "TopK is 0; it must be 1 to 1024 (UseTopK).")]
    [InlineData("Batching:MaxWaiting", "0", "Batching.MaxWaiting is 0; it must be 1 to 1048576 (UseBatching).")]
    [InlineData("Device", "tpu", "Lloco: 'tpu' is not a device. Use cpu, cuda or cuda:N.")]
    [InlineData("Prompt", "no mark", "{question}")]
    [InlineData("Index", "absent/notes.db", "does not exist.")]
    [InlineData("Model", "absent", "The model folder")]
    public async Task Host_SettingThatCannotBe_DoesNotStartAndNamesIt(string key, string value, string expected)
    {
        using IHost host = Host(Section((key, value)));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task Host_SeveralFaults_ListsAll()
    {
        using IHost host = Host(Section(("TopK", "0"), ("Batching:MaxUnread", "0")));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal(2, error.Failures.Count());
    }

    [Fact]
    public async Task AddKeyedLloco_TwoSections_GiveTwoPipelinesEachWithItsSettings()
    {
        int described = 0;
        using IHost host = Host(null, services => services
            .AddKeyedLloco("legal", Section(("Prompt", "L {question}")), (_, builder) => Describe(builder, ref described))
            .AddKeyedLloco("support", (_, builder) => Describe(builder, ref described).UsePrompt("S {question}")));
        await host.StartAsync(Token);

        var legal = host.Services.GetRequiredKeyedService<LlocoPipeline>("legal");
        var support = host.Services.GetRequiredKeyedService<LlocoPipeline>("support");

        Assert.NotSame(legal, support);
        Assert.Same(legal, host.Services.GetRequiredKeyedService<LlocoPipeline>("legal"));
        Assert.Null(host.Services.GetService<LlocoPipeline>());
        Assert.Equal(2, described);
        var none = new AskOptions { Context = ContextMode.None };
        await legal.AskAsync("why", none, Token);
        await support.AskAsync("why", none, Token);
        Assert.Equal("L why", ((EchoDecoder)legal.Decoder).LastPrompt);
        Assert.Equal("S why", ((EchoDecoder)support.Decoder).LastPrompt);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Host_FaultInAKeyedSection_NamesTheKeyOfThatSection()
    {
        using IHost host = Host(null, services => services.AddKeyedLloco("legal", Section(("Nope", "1")), (_, builder) => Describe(builder)));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Contains("Lloco:Nope", error.Message);
        Assert.Equal("legal", error.OptionsName);
    }

    internal static LlocoPipelineBuilder Describe(LlocoPipelineBuilder builder, EchoDecoder? decoder = null)
    {
        var compressor = new CountingCompressor();
        return builder.UseTokenizer(new CharacterTokenizer()).UseCompressor(compressor)
            .UseDecoder(decoder ?? new EchoDecoder(compressor.Fingerprint));
    }

    private static LlocoPipelineBuilder Describe(LlocoPipelineBuilder builder, ref int described)
    {
        Interlocked.Increment(ref described);
        return Describe(builder);
    }

    private static IHost Host(IConfiguration? section, Action<IServiceCollection>? configure = null)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        if (section is not null)
        {
            builder.Services.AddLloco(section, (_, pipeline) => Describe(pipeline));
        }

        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create("Lloco:" + one.Key, (string?)one.Value)))
        .Build().GetSection("Lloco");
}
