using LLoCO.Tool.Verbs.Train;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>What limits libtorch's threads while a model is loaded to be trained. They are the process's: another test that sets them
/// meanwhile would be seen.</summary>
[CollectionDefinition(nameof(TrainingThreadsTests), DisableParallelization = true)]
[Collection(nameof(TrainingThreadsTests))]
public sealed class TrainingThreadsTests
{
    [Fact]
    public void Threads_AreThoseOfAModelThatIsLoadedMeanwhile()
    {
        int Begin()
        {
            int threads = 0;
            var thread = new Thread(() => threads = TorchSharp.torch.get_num_threads());
            thread.Start();
            thread.Join();
            return threads;
        }

        int before = Begin();
        int wanted = before == 3 ? 2 : 3;
        using (new TrainingThreads(wanted))
        {
            Assert.Equal(wanted, Begin());
        }

        Assert.Equal(before, Begin());
    }
}
