using LLoCO.Training;
using TorchSharp;

namespace LLoCO.Core.Tests.Training;

/// <summary>Losses and gradients against the original's are in the golden verification; here are hand-worked numbers.</summary>
public sealed class AnswerLossTests
{
    [Fact]
    public void FromLogits_LabelsAreShiftedByOneAndMasked()
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // Three places, two ids. Place 0 gives 1/4 : 3/4 and predicts label 1 of place 1; place 1 predicts a masked label;
        // place 2 predicts nothing.
        torch.Tensor logits = torch.tensor(new[] { 0f, MathF.Log(3), 5, -5, 7, 7 }, [1, 3, 2]);
        torch.Tensor labels = torch.tensor(new long[] { 0, 1, AnswerLoss.Ignored }, [1, 3]);

        Assert.Equal(-Math.Log(0.75), AnswerLoss.FromLogits(logits, labels).item<float>(), 1e-6);
    }

    [Fact]
    public void FromLogits_RowsOfOtherLengths_AreAveragedOverTokensNotRows()
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // One answer token at probability 1/2 in the first row, two at 1/4 in the second: (ln 2 + 2 ln 4) / 3.
        torch.Tensor logits = torch.tensor(
            new[] { 0f, 0, 0, 0, 0, 0, MathF.Log(3), 0, MathF.Log(3), 0, 0, 0 }, [2, 3, 2]);
        torch.Tensor labels = torch.tensor(new long[] { -100, 1, -100, -100, 1, 1 }, [2, 3]);

        double expected = (Math.Log(2) + (2 * Math.Log(4))) / 3;
        Assert.Equal(expected, AnswerLoss.FromLogits(logits, labels).item<float>(), 1e-6);
    }

    [Fact]
    public void Behind_Prefix_IsNotLearned()
    {
        using DisposeScope scope = torch.NewDisposeScope();

        torch.Tensor labels = AnswerLoss.Behind(2, torch.tensor(new long[] { 7, 8 }, [1, 2]));

        Assert.Equal([-100L, -100, 7, 8], labels.data<long>().ToArray());
    }
}
