using System.CommandLine;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary><c>lloco work</c>: a silo.</summary>
internal static class WorkVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new WorkArguments();
        var verb = new Command("work", "Runs a silo of a cluster: takes documents and adapters of its jobs, and answers questions.");
        arguments.AddTo(verb, common);
        verb.SetAction((parsed, cancellationToken) => WorkRun.RunAsync(parsed, arguments, common, console, cancellationToken));
        return verb;
    }
}
