using System.Globalization;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Compares what <see cref="BabiWorld"/> follows from the stories with the answers that the files give.</summary>
internal static class BabiCheck
{
    // qa5 asks what somebody gave where two gifts fit, and means now the one, now the other.
    private const double Agreement = 0.99;

    internal static int Run(string folder)
    {
        bool agree = true;
        foreach (string task in TrainingData.BabiTasks)
        {
            (int right, int asked) = Compare(task, File.ReadLines(Path.Combine(folder, "babi", task + "_train.txt")));
            agree &= right >= Agreement * asked;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task}: {right} of {asked} answers agree"));
        }

        return agree ? 0 : 1;
    }

    private static (int Right, int Asked) Compare(string task, IEnumerable<string> lines)
    {
        var world = new BabiWorld();
        (int right, int asked) = (0, 0);
        foreach (string line in lines)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            world = line.StartsWith("1 ", StringComparison.Ordinal) ? new BabiWorld() : world;
            string[] fields = line[(space + 1)..].Split('\t');
            if (fields.Length == 1)
            {
                world.Tell(fields[0].Trim());
                continue;
            }

            asked++;
            string? answer = world.Facts(task).FirstOrDefault(fact => fact.Question == fields[0].Trim())?.Answer;
            right += answer == fields[1].Trim() ? 1 : 0;
        }

        return (right, asked);
    }
}
