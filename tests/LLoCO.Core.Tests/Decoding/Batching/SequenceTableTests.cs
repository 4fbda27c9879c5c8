using LLoCO.Core.Decoding.Batching;
using Xunit;

namespace LLoCO.Core.Tests.Decoding.Batching;

public sealed class SequenceTableTests
{
    [Fact]
    public void Remove_ThenAdd_NeverGivesTheHandleAgain()
    {
        var table = new SequenceTable<string>();
        SequenceHandle first = table.Add("first");
        table.Remove(first);

        SequenceHandle second = table.Add("second");

        Assert.NotEqual(first, second);
        Assert.Equal("second", table[second]);
        Assert.Throws<InvalidOperationException>(() => table[first]);
        Assert.Throws<InvalidOperationException>(() => table.Remove(first));
    }
}
