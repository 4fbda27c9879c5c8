using System.Reflection;
using LLoCO.Orleans;
using LLoCO.Orleans.Jobs;
using Orleans;
using Orleans.Runtime;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Calls that no silo answers in time.</summary>
public sealed class SilentSiloTests
{
    private const string Raw = "Response did not arrive on time in 00:00:30 for message: Request [sys.client]->[S127.0.0.1:1].";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Exception, string> Faults => new()
    {
        { new TimeoutException(Raw), "did not answer in time" },
        { new SiloUnavailableException(Raw), "No silo of the cluster can be reached now" },
        { new System.Net.Sockets.SocketException(111), "No silo of the cluster can be reached now" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Calls_WithoutAnAnswer_SayWhatAndTheRemedy(Exception fault, string said)
    {
        var cluster = new LlocoCluster(SilentClient.Create(fault));
        var calls = new (Func<Task> Call, string Remedy)[]
        {
            (() => cluster.StartAsync(new JobSpec(JobKind.Compress) { Group = "ship" }, [new JobDocument("a", "/a.txt")], Token), "lloco jobs list"),
            (() => cluster.ListAsync(Token), "Try again"),
            (() => cluster.FindAsync("compress-1", Token), "Try again"),
            (() => cluster.PauseAsync("compress-1"), "lloco jobs show"),
            (() => cluster.SetPriorityAsync("compress-1", 5), "lloco jobs show"),
        };

        foreach ((Func<Task> call, string remedy) in calls)
        {
            LlocoException error = await Assert.ThrowsAsync<LlocoException>(call);

            Assert.Contains(said, error.Message, StringComparison.Ordinal);
            Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Response did not", error.Message, StringComparison.Ordinal);
            Assert.Same(fault, error.InnerException);
        }
    }

    [Fact]
    public async Task Start_WithoutAnAnswer_CancelsTheJobThatMayHaveBeenMade()
    {
        var asked = new List<string>();
        var cluster = new LlocoCluster(SilentClient.Create(new TimeoutException(Raw), asked));

        await Assert.ThrowsAsync<LlocoException>(
            () => cluster.StartAsync(new JobSpec(JobKind.Compress) { Group = "ship" }, [new JobDocument("a", "/a.txt")], Token));

        Assert.Equal([nameof(IJobGrain.CreateAsync), nameof(IJobGrain.ControlAsync)], asked);
    }

    [Fact]
    public async Task Calls_ThatASiloRefuses_KeepItsWords()
    {
        var fault = new ClusterBusyException("There are 100 open jobs.");
        var cluster = new LlocoCluster(SilentClient.Create(fault));

        Assert.Same(fault, await Assert.ThrowsAsync<ClusterBusyException>(() => cluster.ListAsync(Token)));
    }

    /// <summary>A client whose grains answer every call with one fault.</summary>
    public class SilentClient : DispatchProxy
    {
        private Exception _fault = null!;
        private List<string> _asked = [];

        internal static IClusterClient Create(Exception fault, List<string>? asked = null) =>
            (IClusterClient)Make(typeof(IClusterClient), fault, asked ?? []);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Type type = targetMethod!.ReturnType;
            if (!typeof(Task).IsAssignableFrom(type))
            {
                return Make(type, _fault, _asked);
            }

            _asked.Add(targetMethod.Name);
            return type == typeof(Task)
                ? Task.FromException(_fault)
                : typeof(Task).GetMethod(nameof(Task.FromException), 1, [typeof(Exception)])!.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [_fault]);
        }

        private static object Make(Type type, Exception fault, List<string> asked)
        {
            object made = DispatchProxy.Create(type, typeof(SilentClient));
            var proxy = (SilentClient)made;
            (proxy._fault, proxy._asked) = (fault, asked);
            return made;
        }
    }
}
