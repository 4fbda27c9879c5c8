using System.CommandLine;
using LLoCO.Core;
using LLoCO.Readers;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary><c>lloco jobs</c>: the work of a cluster.</summary>
internal static class JobsVerb
{
    public static Command Create(ToolConsole console) => new("jobs", "Starts, lists and controls the jobs of a cluster.")
    {
        Start(console),
        Finetune(console),
        Publish(console),
        List(console),
        Show(console),
        Control("pause", "Lets silos take no further documents of a job.", JobsAction.Pause, console),
        Control("resume", "Lets a paused job go on.", JobsAction.Resume, console),
        Control("cancel", "Ends a job; what it did stays in the index.", JobsAction.Cancel, console),
        Control("retry", "Gives documents that were set aside a new chance.", JobsAction.Retry, console),
    };

    private static Command Start(ToolConsole console)
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Files, or folders of files, at paths that every silo has.", Arity = ArgumentArity.OneOrMore,
        };
        var arguments = new JobArguments();
        var prefix = new Option<string?>("--prefix") { Description = "Prefix of each document's id.", HelpName = "TEXT" };
        var replace = new Option<bool>("--replace")
        {
            Description = "Lets documents replace others with the same id that have another group or are from another file.",
        };
        var verb = new Command("start", "Compresses documents into the index of the cluster.") { paths, prefix, replace };
        arguments.AddTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var files = new DocumentFiles(DocumentReaders.Default.Extensions);
            IReadOnlyList<FoundFile> found = files.Find(parsed.GetValue(paths)!, cancellationToken);
            PassedOver.Say(files, console);
            return await JobsRun.StartAsync(
                arguments.Read(parsed), found, parsed.GetValue(prefix) ?? string.Empty, parsed.GetValue(replace), console, cancellationToken)
                .ConfigureAwait(false);
        });
        return verb;
    }

    private static Command Finetune(ToolConsole console)
    {
        var arguments = new JobArguments();
        var data = new Option<string>("--data")
        {
            Description = "Question file, at a path that every silo has.", Required = true, HelpName = "FILE",
        };
        Option<int> epochs = CommonArguments.Number("--epochs", 1, 3, "How often all questions are seen.");
        Option<int?> steps = CommonArguments.NumberOrNone("--steps", 1, "Steps after which training ends all the same.");
        Option<int> every = CommonArguments.Number("--checkpoint-every", 1, 50, "Steps between checkpoints.");
        var verb = new Command("finetune", "Trains the adapter of a group on one silo.") { data, epochs, steps, every };
        arguments.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => JobsRun.FinetuneAsync(
            arguments.Read(parsed), Path.GetFullPath(parsed.GetValue(data)!), parsed.GetValue(epochs), parsed.GetValue(steps),
            parsed.GetValue(every), console, cancellationToken));
        return verb;
    }

    private static Command Publish(ToolConsole console)
    {
        var cluster = new ClusterArguments();
        var model = new Argument<string>("model") { Description = "Model folder." };
        var name = new Option<string>("--name") { Description = "Name that 'work --fetch' asks for.", Required = true };
        var verb = new Command("publish", "Puts a model into the shared folder, with the hashes of its files.") { model, name };
        cluster.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            parsed.EnsureNoneBeside(parsed.Has(cluster.Folder), $"{cluster.Folder.Name}, which holds the models", cluster.Database);
            return JobsRun.PublishAsync(cluster.Read(parsed), parsed.GetValue(model)!, parsed.GetValue(name)!, console, cancellationToken);
        });
        return verb;
    }

    private static Command List(ToolConsole console)
    {
        var cluster = new ClusterArguments();
        var verb = new Command("list", "Lists the jobs that are not ended.");
        cluster.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => JobsRun.ListAsync(cluster.Read(parsed), console, cancellationToken));
        return verb;
    }

    private static Command Show(ToolConsole console)
    {
        var cluster = new ClusterArguments();
        var id = new Argument<string>("job") { Description = "The job's id." };
        var watch = new Option<bool>("--watch") { Description = "Follows the job until it has ended." };
        var verb = new Command("show", "Shows how far a job is, and what was set aside.") { id, watch };
        cluster.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => JobsRun.ShowAsync(
            cluster.Read(parsed), parsed.GetValue(id)!, parsed.GetValue(watch), console, cancellationToken));
        return verb;
    }

    private static Command Control(string name, string description, JobsAction action, ToolConsole console)
    {
        var cluster = new ClusterArguments();
        var id = new Argument<string>("job") { Description = "The job's id." };
        var verb = new Command(name, description) { id };
        cluster.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) =>
            JobsRun.ControlAsync(cluster.Read(parsed), parsed.GetValue(id)!, action, console, cancellationToken));
        return verb;
    }

    /// <summary>The options of verbs that start a job.</summary>
    private sealed class JobArguments
    {
        private readonly ClusterArguments _cluster = new();
        private readonly Option<string> _group = new("--group")
        {
            Description = "Group of the documents, or of the adapter.", DefaultValueFactory = _ => SourceDocument.DefaultGroup,
        };

        private readonly Option<int> _priority = CommonArguments.Number(
            "--priority", -100, 0, "Documents of jobs with a larger one are taken first; -100 to 100.");

        private readonly Option<bool> _watch = new("--watch") { Description = "Follows the job until it has ended." };

        public void AddTo(Command verb)
        {
            _cluster.AddTo(verb);
            verb.Add(_group);
            verb.Add(_priority);
            verb.Add(_watch);
        }

        public StartedJob Read(ParseResult parsed) =>
            new(_cluster.Read(parsed), AutoGroup.Refuse(parsed.GetValue(_group)!), parsed.GetValue(_priority), parsed.GetValue(_watch));
    }
}
