using System.Reflection;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Layers;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>
/// Keeps the layers apart, over the compiled library, method bodies included. A layer is the folder, and so the namespace,
/// below <c>LLoCO.Core</c>; the namespace itself holds the pipeline, over all layers, and a few basics that all of them use.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Root = "LLoCO.Core";
    private const string Hosting = "Hosting";

    /// <summary>The platform's namespace of <c>AddLloco</c>, which an application's start has in scope already.</summary>
    private const string Registration = "Microsoft.Extensions.DependencyInjection";

    private static readonly string[] PackageFolders =
        [
            "LLoCO.Core", "LLoCO.Evaluation", "LLoCO.Training", "LLoCO.Extensions.AI", "LLoCO.Extensions.Hosting", "LLoCO.Readers",
            "LLoCO.Extensions.VectorData", "LLoCO.Extensions.Agents", "LLoCO.Embeddings.MiniLM", "LLoCO.Postgres", "LLoCO.Tenants",
            "LLoCO.Server", "LLoCO.Orleans", "LLoCO.Models.Tiny",
        ];

    /// <summary>All layers, from the lowest: a layer refers to those that stand before it, never to one behind it. So no two
    /// refer to each other, however far around.</summary>
    private static readonly string[] Order =
    [
        "Numerics", "Validation", "Families", "Checkpoints", "Tensors", "Kernels", "Lora", "Model", "Runtime", "Tokenization",
        "Segments", "Compression", "Projection", "Trust", "Index", "Retrieval", "Decoding",
    ];

    private static readonly string[] UnderTheRoad = [.. Order.TakeWhile(layer => layer != "Tokenization")];

    /// <summary>What knows the pipeline: itself, its parts, and what is built on it.</summary>
    private static readonly string?[] OverTheRoad = [string.Empty, "Pipeline", Hosting];

    private static readonly string[] TensorLayers =
        ["Tensors", "Model", "Lora", "Compression", "Projection", "Decoding", "Runtime"];

    /// <summary>Types of the root namespace that every layer may use.</summary>
    private static readonly string[] Basics =
    [
        nameof(LlocoException), nameof(ModelFingerprint), nameof(FingerprintMismatchException), nameof(WeightPrecision),
        nameof(WindowPolicy), nameof(LlocoDevice), nameof(LlocoDeviceKind), nameof(LlocoRuntime),
        nameof(LlocoRuntimeException), nameof(LlocoRuntimeFault), nameof(GenerationOptions), nameof(DecodingOptions),
        nameof(DecodeWeights), nameof(DecodeEngineKind), nameof(BatchOptions), nameof(PrefixCacheOptions),
        nameof(FidelityOptions), nameof(FidelityProbe), nameof(FidelityAction),
    ];

    private static readonly IReadOnlyList<(TypeReference From, TypeReference To)> References =
        [.. AssemblyScan.References(typeof(LlocoException)).Where(pair => LayerOf(pair.From) is not null)];

    [Fact]
    public void Scan_SeesIntoMethodBodies()
    {
        (TypeReference, TypeReference) onlyInABody = (
            new TypeReference(string.Empty, $"{Root}.Runtime", nameof(RuntimeProbe)),
            new TypeReference("TorchSharp", "TorchSharp", "torch"));

        Assert.Contains(onlyInABody, References);
    }

    [Fact]
    public void LayersUnderTheRoad_ReferToNothingOverThem() =>
        AssertNone(References.Where(pair =>
            UnderTheRoad.Contains(LayerOf(pair.From)) && LayerOf(pair.To) is { } layer
            && !UnderTheRoad.Contains(layer) && !IsBasic(pair.To)));

    [Fact]
    public void Layers_ReferDownwardsOnly() =>
        AssertNone(References.Where(pair =>
            Array.IndexOf(Order, LayerOf(pair.From)) is >= 0 and var from && Array.IndexOf(Order, LayerOf(pair.To)) > from));

    [Fact]
    public void Layers_AllHaveAPlaceInTheOrder() =>
        Assert.Empty(References.Select(pair => LayerOf(pair.From)).Distinct().Except([.. Order, .. OverTheRoad]));

    [Fact]
    public void Layers_DoNotReferToThePipeline() =>
        AssertNone(References.Where(pair =>
            !OverTheRoad.Contains(LayerOf(pair.From)) && LayerOf(pair.To) == string.Empty && !IsBasic(pair.To)));

    [Fact]
    public void OnlyTensorLayers_ReferToTorchSharp() =>
        AssertNone(References.Where(pair => pair.To.Assembly == "TorchSharp" && !TensorLayers.Contains(LayerOf(pair.From))));

    [Fact]
    public void Nothing_RefersToHosting() =>
        AssertNone(References.Where(pair => LayerOf(pair.From) != Hosting && LayerOf(pair.To) == Hosting));

    [Fact]
    public void Packages_ReferOnlyToThoseBelowThem()
    {
        Assert.Empty(SistersOf("LLoCO.Core"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Evaluation"));
        Assert.Equal(["LLoCO.Core", "LLoCO.Evaluation"], SistersOf("LLoCO.Training"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Extensions.AI"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Extensions.Hosting"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Readers"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Embeddings.MiniLM"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Extensions.VectorData"));
        Assert.Equal(["LLoCO.Core", "LLoCO.Extensions.AI"], SistersOf("LLoCO.Extensions.Agents"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Postgres"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Tenants"));
        Assert.Equal(["LLoCO.Core", "LLoCO.Extensions.AI", "LLoCO.Extensions.Hosting", "LLoCO.Readers", "LLoCO.Tenants"], SistersOf("LLoCO.Server"));
        Assert.Equal(["LLoCO.Core", "LLoCO.Evaluation", "LLoCO.Postgres", "LLoCO.Training"], SistersOf("LLoCO.Orleans"));
        Assert.Equal(["LLoCO.Core"], SistersOf("LLoCO.Models.Tiny"));
    }

    [Fact]
    public void Evaluation_KnowsNoTensor() => Assert.DoesNotContain("TorchSharp", NamesIn("LLoCO.Evaluation"));

    [Fact]
    public void Namespaces_AreFolders()
    {
        string[] strays = [.. RepositoryFiles.Sources("src")
            .Where(path => PackageFolders.Contains(path.Split('/')[1]))
            .Where(path => RepositoryFiles.Read(path) is var text && text.Contains("\nnamespace ", StringComparison.Ordinal)
                && !text.Contains($"\nnamespace {Expected(path)};", StringComparison.Ordinal)
                && !text.StartsWith($"namespace {Expected(path)};", StringComparison.Ordinal)
                && !text.Contains($"\nnamespace {Registration};", StringComparison.Ordinal))];

        Assert.True(strays.Length == 0, string.Join(Environment.NewLine, strays));
    }

    [Theory]
    [InlineData("LLoCO.Core")]
    [InlineData("LLoCO.Evaluation")]
    [InlineData("LLoCO.Training")]
    [InlineData("LLoCO.Models.Tiny")]
    [InlineData("LLoCO.Extensions.AI")]
    [InlineData("LLoCO.Extensions.Hosting")]
    [InlineData("LLoCO.Readers")]
    [InlineData("LLoCO.Extensions.VectorData")]
    [InlineData("LLoCO.Extensions.Agents")]
    [InlineData("LLoCO.Embeddings.MiniLM")]
    [InlineData("LLoCO.Server")]
    [InlineData("LLoCO.Orleans")]
    public void PublicSignatures_HoldNoTensor(string assembly)
    {
        string[] leaks = [.. Assembly.Load(assembly).GetExportedTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
                | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(IsSeen).SelectMany(Signature).Concat([type.BaseType!])
                .Concat(type.GetInterfaces()).Where(part => part is not null && MentionsTorch(part))
                .Select(part => $"{type}: {part}"))];

        Assert.True(leaks.Length == 0, string.Join(Environment.NewLine, leaks));
    }

    private static IEnumerable<string> SistersOf(string assembly) =>
        NamesIn(assembly).Where(name => name.StartsWith("LLoCO.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> NamesIn(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);

    private static string Expected(string path) => string.Join('.', path.Split('/')[1..^1]);

    private static string? LayerOf(TypeReference type) =>
        type.Assembly.Length > 0 ? null
        : type.Namespace == Root ? string.Empty
        : type.Namespace == Registration ? Hosting
        : type.Namespace.StartsWith(Root + ".", StringComparison.Ordinal) ? type.Namespace.Split('.')[2]
        : null;

    private static bool IsBasic(TypeReference type) => type.Namespace == Root && Basics.Contains(type.Name);

    private static bool IsSeen(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type> Signature(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
        MethodBase constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static bool MentionsTorch(Type type) =>
        type.Assembly.GetName().Name == "TorchSharp"
        || (type.HasElementType && MentionsTorch(type.GetElementType()!))
        || type.GenericTypeArguments.Any(MentionsTorch);

    private static void AssertNone(IEnumerable<(TypeReference From, TypeReference To)> references)
    {
        string[] found = [.. references.Select(pair => $"{pair.From} -> {pair.To}")];

        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }
}
