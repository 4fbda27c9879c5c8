using System.Text.Json.Nodes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Finds the small cases among the test data, each with a README, and makes others of them.</summary>
internal static class Cases
{
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([AppContext.BaseDirectory, "TestData", "cases", .. parts]);

    /// <summary>Copies the plain model, to be changed.</summary>
    public static string CopyModel(TemporaryFolder folder, string from = "00-plain")
    {
        string copy = folder.PathOf("model");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Path(from, "model")))
        {
            File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        return copy;
    }

    /// <summary>Sets keys of a model's config.json.</summary>
    public static void Configure(string model, params (string Key, string? Json)[] values)
    {
        string path = System.IO.Path.Combine(model, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach ((string key, string? json) in values)
        {
            config.Remove(key);
            if (json is not null)
            {
                config[key] = JsonNode.Parse(json);
            }
        }

        File.WriteAllText(path, config.ToJsonString());
    }
}
