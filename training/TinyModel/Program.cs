using LLoCO.Core;
using System.Globalization;
using LLoCO.Core.Runtime;
using LLoCO.Models.Tiny.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["tokenizer", string tokenizer, string data]:
        return TokenizerStage.Run(tokenizer, Data(data, "training/books.txt"));
    case ["open-tokenizer", string tokenizer, string data]:
        return TokenizerStage.RunOpen(tokenizer, Data(data, "training/books.txt"));
    case ["stage", string stages, string name, string runs, string data]:
        return StageRun.Run(stages, name, runs, Beside(stages, data), LlocoDevice.Cpu.ToTorch());
    case ["stage", string stages, string name, string runs, string data, "--device", string device]:
        return StageRun.Run(stages, name, runs, Beside(stages, data), LlocoDevice.Parse(device).ToTorch());
    case ["open-check", string stages, string name, string runs, string data]:
        return OpenCheck.Run(stages, name, runs, Beside(stages, data));
    case ["open-check", string stages, string name, string runs, string data, "--seed", string seed]:
        return OpenCheck.Run(stages, name, runs, Beside(stages, data), int.Parse(seed, CultureInfo.InvariantCulture));
    case ["story-check", string model, string data, string questions]:
        return await StoryCheck.RunAsync(model, data, int.Parse(questions, CultureInfo.InvariantCulture));
    case ["book-check", string model, string data, string books]:
        return await BookCheck.RunAsync(
            model, Data(data, "training/books.txt"), int.Parse(books, CultureInfo.InvariantCulture));
    case ["open-questions", string stages, string name, string runs, string data, string folder, string documents, string segments]:
        return OpenQuestions.Run(
            stages, name, runs, Beside(stages, data), folder, int.Parse(documents, CultureInfo.InvariantCulture),
            int.Parse(segments, CultureInfo.InvariantCulture));
    case ["open-questions", string stages, string name, string runs, string data, string folder, string documents, string segments,
        "--held-out", string seed]:
        return OpenQuestions.Run(
            stages, name, runs, Beside(stages, data), folder, int.Parse(documents, CultureInfo.InvariantCulture),
            int.Parse(segments, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
    case ["grow", string oldStages, string oldRuns, string oldStage, string newStages, string newRuns, string name]:
        return GrowRun.Run(oldStages, oldRuns, oldStage, newStages, newRuns, name);
    case ["check", string data]:
        return BabiCheck.Run(data);
    case ["export", string stages, string name, string runs, string folder]:
        return await ExportRun.RunAsync(stages, name, runs, folder);
    default:
        await Console.Error.WriteLineAsync(
            "usage: TinyModel tokenizer FILE DATA | open-tokenizer FILE DATA | stage STAGES.json NAME RUNS DATA [--device cuda]\n"
            + "     | open-check STAGES.json NAME RUNS DATA [--seed N] | check DATA\n"
            + "     | story-check MODEL DATA QUESTIONS | book-check MODEL DATA BOOKS\n"
            + "     | open-questions STAGES.json NAME RUNS DATA FOLDER DOCUMENTS SEGMENTS [--held-out SEED]\n"
            + "     | grow OLD-STAGES.json OLD-RUNS OLD-STAGE STAGES.json RUNS NAME | export STAGES.json BASE-STAGE RUNS FOLDER\n"
            + "DATA is the folder of public data. See docs/training.md.");
        return 2;
}

static TrainingData Beside(string stages, string data) =>
    Data(data, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(stages))!, "books.txt"));

static TrainingData Data(string folder, string books) => new(folder, books);
