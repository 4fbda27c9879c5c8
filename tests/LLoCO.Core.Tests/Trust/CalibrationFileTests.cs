using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

public sealed class CalibrationFileTests : IDisposable
{
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 128, 4, "identity");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameNumbers()
    {
        List<(AnswerConfidence, bool)> answers =
            [.. Enumerable.Range(1, 9).Select(i => (new AnswerConfidence(i / 10.0, 1), i % 3 > 0))];
        var platt = new CalibrationEntry(ConfidenceCalibration.Fit(answers), 9, 0.2, 0.1);
        var isotonic = new CalibrationEntry(ConfidenceCalibration.Fit(answers, CalibrationMethod.Isotonic), 9, 0.2, 0.05);
        new CalibrationFile
        {
            Fingerprint = Fingerprint,
            Contexts = new Dictionary<string, CalibrationEntry> { ["summary"] = platt, ["expanded"] = isotonic },
        }.Write(_folder.PathOf("."));

        CalibrationFile read = CalibrationFile.Read(_folder.PathOf("."))!;

        Assert.Equal(Fingerprint, read.Fingerprint);
        Assert.Equal((9, 0.2, 0.05), (read.Contexts["expanded"].Questions, read.Contexts["expanded"].ErrorBefore,
            read.Contexts["expanded"].ErrorAfter));
        foreach (double least in new[] { 0, 0.15, 0.5, 1 })
        {
            var confidence = new AnswerConfidence(least, 1);
            Assert.Equal(platt.Calibration.Apply(confidence), read.Contexts["summary"].Calibration.Apply(confidence), 12);
            Assert.Equal(isotonic.Calibration.Apply(confidence), read.Contexts["expanded"].Calibration.Apply(confidence), 12);
        }
    }

    [Fact]
    public void Read_FolderWithoutOne_IsNull() => Assert.Null(CalibrationFile.Read(_folder.PathOf(".")));

    [Theory]
    [InlineData("""{"version": 2, "fingerprint": "a/b/1:1/identity", "contexts": {}}""", "version")]
    [InlineData("""{"version": 1, "contexts": {}}""", "fingerprint")]
    [InlineData("""{"version": 1, "fingerprint": "ab", "contexts": {}}""", "fingerprint")]
    [InlineData("""{"version": 1, "fingerprint": "a/b/1:1/identity"}""", "contexts")]
    [InlineData(
        """{"version": 1, "fingerprint": "a/b/1:1/identity", "contexts": {"summary": {"method": "magic", "signal": "least"}}}""",
        "contexts.summary.method")]
    [InlineData(
        """
        {"version": 1, "fingerprint": "a/b/1:1/identity", "contexts": {"summary":
          {"method": "isotonic", "signal": "least", "raw": [0.5, 0.2], "probability": [0.1, 0.2]}}}
        """,
        "contexts.summary.raw")]
    [InlineData(
        """
        {"version": 1, "fingerprint": "a/b/1:1/identity", "contexts": {"summary":
          {"method": "platt", "signal": "least", "slope": 1e300}}}
        """,
        "contexts.summary.slope")]
    public void Read_FaultyFile_NamesTheKey(string json, string key)
    {
        File.WriteAllText(_folder.PathOf(CalibrationFile.FileName), json);

        CheckpointFormatException error =
            Assert.Throws<CheckpointFormatException>(() => CalibrationFile.Read(_folder.PathOf(".")));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(CalibrationFile.FileName, error.Message, StringComparison.Ordinal);
    }
}
