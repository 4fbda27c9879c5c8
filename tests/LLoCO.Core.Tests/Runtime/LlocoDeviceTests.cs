using LLoCO.Core.Runtime;
using Xunit;

namespace LLoCO.Core.Tests.Runtime;

public sealed class LlocoDeviceTests
{
    [Theory]
    [InlineData("cpu", LlocoDeviceKind.Cpu, 0)]
    [InlineData(" CUDA ", LlocoDeviceKind.Cuda, 0)]
    [InlineData("cuda:3", LlocoDeviceKind.Cuda, 3)]
    public void Parse_Name_GivesTheDevice(string text, LlocoDeviceKind kind, int index)
    {
        LlocoDevice device = LlocoDevice.Parse(text);

        Assert.Equal(new LlocoDevice(kind, index), device);
        Assert.Equal(device, LlocoDevice.Parse(device.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cpu:0")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    public void Parse_NoDevice_SaysWhatThereIs(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => LlocoDevice.Parse(text));

        Assert.Contains("cuda:N", error.Message);
    }
}
