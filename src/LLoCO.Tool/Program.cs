using LLoCO.Tool;

var console = new ToolConsole(Console.In, Console.Out, Console.Error)
{
    IsTerminal = !Console.IsOutputRedirected,
    ErrorWidth = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is "dumb" ? 0 : Console.WindowWidth,
};
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl+C cancels and lets finished work be saved; a second one ends the process.
    press.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
};
int code = await LlocoTool.RunAsync(args, console, interrupted.Token);
console.Dispose();
ProcessEnd.Exit(code);
