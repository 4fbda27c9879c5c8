using System.CommandLine;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco inspect</c>: what a model, adapter, cache or index holds, without loading weights.</summary>
internal static class InspectVerb
{
    public static Command Create(ToolConsole console)
    {
        var path = new Argument<string>("path")
        {
            Description = "Model or adapter folder, .safetensors, .bin or .pth file, or index file or address (postgres://…).",
        };
        var verb = new Command("inspect", "Says what a model, adapter, index or cache is, whether it can be used and what to do next. Exit code 1 if it cannot be used as it is.") { path };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            Inspection found = await Inspector.InspectAsync(parsed.GetValue(path)!, cancellationToken).ConfigureAwait(false);
            console.Result(found.Json, found.Text);
            foreach (string fault in found.Faults)
            {
                console.Error.WriteLine(fault);
            }

            return found.IsUsable ? 0 : 1;
        });
        return verb;
    }
}
