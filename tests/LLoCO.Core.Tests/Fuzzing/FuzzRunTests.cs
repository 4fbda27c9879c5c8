using System.Text;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>A fuzz that cannot fail proves nothing: readers with faults are found out.</summary>
public sealed class FuzzRunTests
{
    private static readonly byte[] Seed = Encoding.ASCII.GetBytes("""{"a": [1, 2, 3], "b": "text", "c": {"d": null}}""");

    [Fact]
    public void Expect_AReaderThatRefusesInItsOwnWords_IsContent()
    {
        int read = 0;
        FuzzRun.Expect(
            Reader(bytes => _ = read++ % 2 == 0 ? 0 : throw new LlocoException("refused")), 50, TimeSpan.FromMinutes(1));

        Assert.Equal(51, read);
    }

    [Fact]
    public void Expect_ARawErrorOnOneInput_IsNamedWithTheInput()
    {
        string message = Fault(Reader(bytes => _ = bytes.Length < 9 ? bytes[100] : 0));

        Assert.Contains(nameof(IndexOutOfRangeException), message, StringComparison.Ordinal);
        Assert.Contains("input ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expect_AReaderThatTakesMemory_IsNamed() =>
        Assert.Contains("too much memory", Fault(Reader(bytes => _ = Grow(bytes)) with { MaxBytes = 1 << 16 }), StringComparison.Ordinal);

    [Fact]
    public void Expect_AReaderThatTakesTime_IsNamed() => Assert.Contains(
        "too long",
        Fault(
            Reader(bytes => Wait(bytes, 60)) with { Longest = TimeSpan.FromMilliseconds(50), GivenUpAfter = TimeSpan.FromMinutes(5) }, count: 1),
        StringComparison.Ordinal);

    [Fact]
    public void Expect_AReaderThatNeverComesBack_IsNamed() => Assert.Contains(
        "does not come to an end",
        Fault(Reader(bytes => Wait(bytes, Timeout.Infinite)) with { GivenUpAfter = TimeSpan.FromMilliseconds(150) }, count: 1),
        StringComparison.Ordinal);

    [Fact]
    public void Make_TheSameNumber_IsTheSameDamageAndAnotherIsAnother()
    {
        foreach (Damage damage in (Damage[])[ByteDamage.Make, JsonDamage.Whole, JsonDamage.Lines])
        {
            byte[][] first = [.. Enumerable.Range(0, 200).Select(input => damage(Seed, new Dice("x", input)))];
            byte[][] again = [.. Enumerable.Range(0, 200).Select(input => damage(Seed, new Dice("x", input)))];

            Assert.Equal(first, again);
            Assert.True(first.Select(Convert.ToHexString).Distinct().Count() > 80);
        }
    }

    private static void Wait(byte[] bytes, int milliseconds)
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne(bytes.SequenceEqual(Seed) ? 0 : milliseconds);
    }

    private static byte[] Grow(byte[] bytes) => bytes.SequenceEqual(Seed) ? bytes : new byte[20 << 20];

    private static ForeignReader Reader(Action<byte[]> read) =>
        new("test", _ => new("file", [Seed], path => read(File.ReadAllBytes(path))), JsonDamage.Whole);

    private static string Fault(ForeignReader reader, int count = 400) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FuzzRun.Expect(reader, count, TimeSpan.FromMinutes(1))).Message;
}
