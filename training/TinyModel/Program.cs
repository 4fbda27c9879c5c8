using System.Globalization;
using TinyModel;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["tokenizer", string tokenizer]:
        return TokenizerStage.Run(tokenizer);
    case ["stage", string stages, string name, string runs, ..]:
        return StageRun.Run(stages, name, runs);
    default:
        await Console.Error.WriteLineAsync(
            "usage: TinyModel tokenizer FILE | stage STAGES.json NAME RUNS-FOLDER\nSee docs/training.md.");
        return 2;
}
