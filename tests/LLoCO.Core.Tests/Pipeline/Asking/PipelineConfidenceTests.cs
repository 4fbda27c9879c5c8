using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>The echo decoder gives every token the log-probability -0.5, or what the test says.</summary>
public sealed class PipelineConfidenceTests
{
    [Fact]
    public async Task Ask_Answer_CarriesLeastAndMeanProbability()
    {
        // "ab" and the end token: -0.1, -2, -0.6. Mean -0.9.
        float[] logProbabilities = [-0.1f, -2f, -0.6f];
        await using FakePipeline fake = await FakePipeline.CreateAsync(fingerprint => new EchoDecoder(fingerprint)
        {
            Answer = _ => "ab", LogProbability = (_, place) => logProbabilities[place],
        });
        await fake.IngestAsync(new SourceDocument("x", "plain words"));

        LlocoAnswer answer = await fake.AskAsync("plain");

        Assert.Equal(Math.Exp(-2), answer.Confidence.Least, 6);
        Assert.Equal(Math.Exp(-0.9), answer.Confidence.Mean, 6);
        Assert.Null(answer.Confidence.Calibrated);
        Assert.Equal(answer.Confidence.Least, answer.Confidence.Value);
    }
}
