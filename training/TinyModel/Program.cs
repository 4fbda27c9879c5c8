using System.Globalization;
using TinyModel;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["tokenizer", string tokenizer]:
        return TokenizerStage.Run(tokenizer);
    case ["stage", string stages, string name, string runs]:
        return StageRun.Run(stages, name, runs);
    case ["export", string stages, string name, string runs, string folder]:
        return await ExportRun.RunAsync(stages, name, runs, folder);
    default:
        await Console.Error.WriteLineAsync(
            "usage: TinyModel tokenizer FILE | stage STAGES.json NAME RUNS | export STAGES.json BASE-STAGE RUNS FOLDER\nSee docs/training.md.");
        return 2;
}
