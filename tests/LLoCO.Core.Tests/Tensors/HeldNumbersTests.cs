using System.Reflection;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Layers;

namespace LLoCO.Core.Tests.Tensors;

/// <summary>No call of the code makes a native number that a garbage collection may free while it is read.</summary>
public sealed class HeldNumbersTests
{
    private static readonly NumberMakers Makers = new();

    [Fact]
    public void BannedSymbols_NameAllThatMakesNumbers()
    {
        string[] banned = [.. RepositoryFiles.Read("src/BannedSymbols.txt").Split('\n').Select(line => line.Split(';')[0])];
        string[] missing = [.. Makers.Lines.Except(banned)];

        Assert.Contains("M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)", Makers.Lines);
        Assert.Contains("M:TorchSharp.torch.Tensor.square", Makers.Lines);
        Assert.Contains("M:TorchSharp.Scalar.op_Implicit(System.Double)~TorchSharp.Scalar", Makers.Lines);
        Assert.DoesNotContain("M:TorchSharp.torch.Tensor.op_Multiply(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)", Makers.Lines);
        Assert.True(missing.Length == 0, "src/BannedSymbols.txt lacks:\n" + string.Join('\n', missing));
    }

    [Theory]
    [InlineData("LLoCO.Core")]
    [InlineData("LLoCO.Evaluation")]
    [InlineData("LLoCO.Training")]
    [InlineData("LLoCO.Models.Tiny")]
    [InlineData("LLoCO.Extensions.AI")]
    [InlineData("LLoCO.Extensions.Hosting")]
    [InlineData("LLoCO.Extensions.VectorData")]
    [InlineData("LLoCO.Extensions.Agents")]
    [InlineData("LLoCO.Embeddings.MiniLM")]
    [InlineData("lloco")]
    [InlineData("LLoCO.Core.Tests")]
    public void Code_MakesNumbersWhereTheyAreHeldOnly(string assembly)
    {
        string[] found = [.. CallScan.Calls(Assembly.Load(assembly))
            .Where(call => call.Caller.DeclaringType is { } type && !IsExempt(type) && Makers.Contains(call.Callee))
            .Select(call => $"{call.Caller.DeclaringType}.{call.Caller.Name}: {call.Callee}")];

        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    /// <summary>The one place that holds them.</summary>
    private static bool IsExempt(Type type)
    {
        Type outermost = type;
        while (outermost.DeclaringType is { } outer)
        {
            outermost = outer;
        }

        return outermost == typeof(HeldNumbers);
    }
}
