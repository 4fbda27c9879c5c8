using System.CommandLine;
using LLoCO.Core.Tokenization;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco tokenize</c>: JSON strings in, one a line; JSON arrays of ids out, one a line, without BOS.</summary>
internal static class TokenizeVerb
{
    public static Command Create(ToolConsole console)
    {
        var file = new Option<string>("--tokenizer")
        {
            Description = "tokenizer.model (SentencePiece or tiktoken), tokenizer.json, or its folder.", Required = true, HelpName = "FILE",
        };
        var decode = new Option<bool>("--decode") { Description = "The way back: JSON arrays of ids in, JSON strings out." };
        var verb = new Command(
            "tokenize", "Standard input, one JSON string a line, to token ids, one JSON array a line (no BOS).")
        {
            file, decode,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ITokenizer tokenizer = TokenizerFile.Load(parsed.GetValue(file)!, out _, out string? warning);
            if (warning is not null)
            {
                await console.Error.WriteLineAsync($"lloco: {warning}").ConfigureAwait(false);
            }

            Func<ITokenizer, TextReader, TextWriter, CancellationToken, Task> run =
                parsed.GetValue(decode) ? TokenizeRun.DecodeAsync : TokenizeRun.RunAsync;
            await run(tokenizer, console.In, console.Out, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }
}
