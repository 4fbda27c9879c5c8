namespace LLoCO.Core.Tests.Postgres;

/// <summary>Finds the programs of a PostgreSQL server with pgvector.</summary>
internal static class PostgresBinaries
{
    public const string Variable = "LLOCO_POSTGRES_BIN";

    public const string Remedy =
        "There is no PostgreSQL 17 with pgvector. On Debian './build.sh test' fetches both into artifacts/postgres; elsewhere install them "
        + "(Debian 13: postgresql-17-pgvector) and set " + Variable + " to the folder of initdb and postgres.";

    /// <summary>Gets the folder of <c>initdb</c> and <c>postgres</c>, or <see langword="null"/>.</summary>
    public static string? Folder { get; } = new[]
    {
        Environment.GetEnvironmentVariable(Variable),
        Path.Combine(RepositoryFiles.Root, "artifacts", "postgres", "usr", "lib", "postgresql", "17", "bin"),
        "/usr/lib/postgresql/17/bin",
    }.FirstOrDefault(folder => folder is { Length: > 0 } && File.Exists(Path.Combine(folder, "initdb")) && HasVectors(folder));

    /// <summary>Gets the folder of libraries that were unpacked with the programs, or <see langword="null"/>.</summary>
    public static string? Libraries
    {
        get
        {
            string unpacked = Path.GetFullPath(Path.Combine(Folder!, "..", "..", "..", "x86_64-linux-gnu"));
            return File.Exists(Path.Combine(unpacked, "libpq.so.5")) && unpacked.Contains("artifacts", StringComparison.Ordinal) ? unpacked : null;
        }
    }

    private static bool HasVectors(string folder) => File.Exists(Path.Combine(folder, "..", "lib", "vector.so"));

    /// <summary>Makes an installation without pgvector: PostgreSQL finds its files by where its programs are.</summary>
    /// <param name="root">A new folder.</param>
    /// <returns>The folder of the programs.</returns>
    public static string CopyWithoutVectors(string root)
    {
        // …/lib/postgresql/17/bin and …/share/postgresql/17, as Debian has them.
        string from = Path.GetFullPath(Path.Combine(Folder!, "..", "..", "..", ".."));
        string programs = Directory.CreateDirectory(Path.Combine(root, "lib", "postgresql", "17", "bin")).FullName;
        foreach (string program in new[] { "postgres", "initdb" })
        {
            File.Copy(Path.Combine(Folder!, program), Path.Combine(programs, program));
        }

        Directory.CreateSymbolicLink(Path.Combine(programs, "..", "lib"), Path.GetFullPath(Path.Combine(Folder!, "..", "lib")));
        LinkAll(Path.Combine(from, "share", "postgresql", "17"), Path.Combine(root, "share", "postgresql", "17"), "extension");
        LinkAll(
            Path.Combine(from, "share", "postgresql", "17", "extension"), Path.Combine(root, "share", "postgresql", "17", "extension"), "vector");
        return programs;
    }

    private static void LinkAll(string from, string to, string butThose)
    {
        Directory.CreateDirectory(to);
        foreach (string entry in Directory.EnumerateFileSystemEntries(from).Where(one => !Path.GetFileName(one).StartsWith(butThose, StringComparison.Ordinal)))
        {
            File.CreateSymbolicLink(Path.Combine(to, Path.GetFileName(entry)), entry);
        }
    }
}
