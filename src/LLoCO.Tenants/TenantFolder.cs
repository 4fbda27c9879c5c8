using LLoCO.Core;

namespace LLoCO.Tenants;

/// <summary>The files of a tenant. No file is shared with another tenant.</summary>
/// <param name="root">The folder of all tenants.</param>
/// <param name="tenant">The tenant.</param>
internal sealed class TenantFolder(string root, TenantId tenant)
{
    /// <summary>Stands in front of a tenant's name, which may be one that a system reserves.</summary>
    public const string Prefix = "tenant-";

    /// <summary>Stands in front of a folder that is being removed.</summary>
    public const string Leaving = ".removed-";

    /// <summary>Gets the tenant's folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, Prefix + tenant.Name);

    /// <summary>Gets the index file.</summary>
    public string Index => System.IO.Path.Combine(Path, "index.db");

    /// <summary>Gets the folder of keys and values of prefixes.</summary>
    public string Prefixes => System.IO.Path.Combine(Path, "prefixes");

    /// <summary>Gets the folder of adapters, with their calibrations beside the weights.</summary>
    public string Adapters => System.IO.Path.Combine(Path, "adapters");

    /// <summary>Gets the folder of training runs, replies of teachers and other work.</summary>
    public string Jobs => System.IO.Path.Combine(Path, "jobs");

    /// <summary>Gets the file that every process holds that has the tenant open.</summary>
    public string OpenLock => System.IO.Path.Combine(Path, "open.lock");

    /// <summary>Gets the file that who writes holds, with the number of writes.</summary>
    public string WriteLock => System.IO.Path.Combine(Path, "writes.lock");

    /// <summary>Makes the folders that are missing.</summary>
    public void Create()
    {
        foreach (string folder in new[] { Path, Prefixes, Adapters, Jobs })
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Sums the bytes of all files.</summary>
    public long CountBytes()
    {
        long bytes = 0;
        foreach (FileInfo file in new DirectoryInfo(Path).EnumerateFiles("*", Files))
        {
            // A temporary file may go between being found and being measured.
            bytes += file.Exists ? file.Length : 0;
        }

        return bytes;
    }

    /// <summary>Removes the folder. Renamed first: what an interruption leaves is no tenant's any more, and goes with the next
    /// look.</summary>
    public void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Move(Path, System.IO.Path.Combine(root, Leaving + Guid.NewGuid().ToString("N")));
        }

        Sweep(root);
    }

    /// <summary>Removes what interrupted removals left.</summary>
    /// <param name="root">The folder of all tenants.</param>
    public static void Sweep(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root, Leaving + "*"))
        {
            // A link inside is removed, not followed.
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Finds the tenants that have a folder.</summary>
    /// <param name="root">The folder of all tenants.</param>
    public static IEnumerable<TenantId> Find(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root, Prefix + "*").Order(StringComparer.Ordinal))
        {
            TenantId? found;
            try
            {
                found = new TenantId(System.IO.Path.GetFileName(folder)[Prefix.Length..]);
            }
            catch (LlocoException)
            {
                // Somebody else's folder.
                found = null;
            }

            if (found is { } tenant)
            {
                yield return tenant;
            }
        }
    }

    private static EnumerationOptions Files => new()
    {
        RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
    };
}
