using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Tool.Verbs;

/// <summary>Reads questions line by line and answers them.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">Where questions come from and answers go.</param>
/// <param name="options">How they are asked.</param>
internal sealed class ChatRun(LlocoPipeline pipeline, ToolConsole console, AskOptions options)
{
    private const int MaxTurns = 8;

    private const string Help =
        "A line is a question. /sources shows what the last answer was read from, /clear forgets the conversation, /quit ends (or Ctrl-D).";

    private readonly List<ConversationTurn> _turns = [];
    private LlocoAnswer? _last;

    /// <summary>Answers until the input ends.</summary>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Whether all questions were answered.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        bool all = true;
        if (console.IsTerminal)
        {
            console.Error.WriteLine(Help);
        }

        while (true)
        {
            if (console.IsTerminal)
            {
                console.Error.Write("> ");
            }

            // Reading from a terminal cannot be cancelled: the reader is left behind, and the process ends.
            string? line = await Task.Run(console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            switch (line?.Trim())
            {
                case null or "/quit" or "/exit":
                    return all;
                case "":
                    break;
                case "/help":
                    console.Error.WriteLine(Help);
                    break;
                case "/clear":
                    _turns.Clear();
                    _last = null;
                    break;
                case "/sources":
                    ShowSources();
                    break;
                case ['/', ..] unknown:
                    console.Error.WriteLine($"There is no {unknown.Split(' ')[0]}. {Help}");
                    break;
                case { } question:
                    all &= await AnswerAsync(question, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task<bool> AnswerAsync(string question, CancellationToken cancellationToken)
    {
        try
        {
            _last = await new AskRun(pipeline, console) { IsBrief = true }
                .RunAsync(question, options with { History = [.. _turns] }, cancellationToken).ConfigureAwait(false);
            _turns.Add(new ConversationTurn(question, _last.Text));
            _turns.RemoveRange(0, Math.Max(0, _turns.Count - MaxTurns));
            return true;
        }
        catch (LlocoException failure)
        {
            console.Fail(failure);
            return false;
        }
    }

    private void ShowSources()
    {
        if (_last is null)
        {
            console.Error.WriteLine("Nothing was asked yet.");
            return;
        }

        foreach (AnswerSource source in _last.Sources)
        {
            console.Result(
                new { document = source.DocumentId, start = source.Start, end = source.End, place = source.Place, text = source.Text },
                $"{source.DocumentId} [{AskRun.Place(source)}]\n  {string.Join(' ', source.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        }
    }
}
