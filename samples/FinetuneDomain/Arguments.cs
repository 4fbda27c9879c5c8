using System.Globalization;

namespace FinetuneDomain;

/// <summary>The command line.</summary>
internal sealed record Arguments(string? Folder, bool SelfStudy, bool Base, bool Museum, int? Seed, string? Model, string? Out)
{
    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments(null, false, false, false, null, null, null);
        for (int i = 0; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--self-study" => parsed with { SelfStudy = true },
                "--base" => parsed with { Base = true },
                "--museum" => parsed with { Museum = true },
                "--seed" when i + 1 < args.Length => parsed with { Seed = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--model" when i + 1 < args.Length => parsed with { Model = args[++i] },
                "--out" when i + 1 < args.Length => parsed with { Out = args[++i] },
                { } folder when !folder.StartsWith('-') && parsed.Folder is null => parsed with { Folder = folder },
                { } other => throw new ArgumentException(
                    $"'{other}' is not understood. Usage: FinetuneDomain [FOLDER | --museum] [--seed N] [--self-study | --base] [--model FOLDER] [--out DIR]"),
            };
        }

        return parsed is { SelfStudy: true, Base: true }
            ? throw new ArgumentException("--self-study trains an adapter, --base all weights: leave one of them out.")
            : parsed;
    }
}
