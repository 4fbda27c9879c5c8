using System.Globalization;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Orleans.Storage;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Membership;

/*
 *   FOLDER/table.000017.json    the members at version 17: whoever creates the file of a version has written it
 *   FOLDER/alive.HASH           when a silo said last that it is alive
 *
 * No lock is held at any time, so a process that is stopped in the middle of a write stops no other.
 */

/// <summary>The members of a cluster as files of a shared folder.</summary>
/// <param name="folder">The folder.</param>
internal sealed class MemberFolder(string folder)
{
    private const int KeptVersions = 16;
    private const int Tries = 50;

    /// <summary>Makes the folder and an empty table, unless they are there.</summary>
    public void Create()
    {
        Directory.CreateDirectory(folder);
        if (Versions().Length == 0)
        {
            SharedFile.TryCreate(PathOf(0), JsonSerializer.SerializeToUtf8Bytes(new MemberTable(0, []), StoreJson.Options));
        }
    }

    /// <summary>Reads the newest table.</summary>
    /// <exception cref="LlocoException">There is none that is whole.</exception>
    public async Task<MemberTable> ReadAsync()
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            // Older versions are removed, so a listed one may be gone when it is read.
            int[] versions = Versions();
            if (versions.Length > 0 && SharedFile.Find(PathOf(versions[^1])) is { } bytes
                && JsonSerializer.Deserialize<MemberTable>(bytes, StoreJson.Options) is { } table)
            {
                return table;
            }

            await Task.Delay(10).ConfigureAwait(false);
        }

        throw new LlocoException($"The folder '{folder}' holds no table of silos that is whole. If no silo runs, remove the folder and "
            + "start the silos again.");
    }

    /// <summary>Writes the next table.</summary>
    /// <param name="table">The table; its version is the newest plus one.</param>
    /// <returns>Whether it was written; otherwise another silo was faster.</returns>
    public bool TryWrite(MemberTable table)
    {
        int[] before = Versions();
        if (before.Length > 0 && before[^1] != table.Version - 1)
        {
            return false;
        }

        bool isWritten = SharedFile.TryCreate(
            PathOf(table.Version), JsonSerializer.SerializeToUtf8Bytes(table, StoreJson.Options));
        foreach (int old in before.SkipLast(KeptVersions))
        {
            File.Delete(PathOf(old));
        }

        return isWritten;
    }

    /// <summary>Notes that a silo is alive.</summary>
    /// <param name="address">The silo.</param>
    /// <param name="time">Now, in UTC.</param>
    public void WriteAlive(SiloAddress address, DateTime time) => SharedFile.Write(
        AlivePath(address.ToParsableString()), Encoding.ASCII.GetBytes(time.Ticks.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Finds when a silo said last that it is alive.</summary>
    /// <param name="address">The silo, in parsable form.</param>
    public DateTime FindAlive(string address) =>
        SharedFile.Find(AlivePath(address)) is { } bytes && long.TryParse(bytes, CultureInfo.InvariantCulture, out long ticks)
            && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
                ? new DateTime(ticks, DateTimeKind.Utc)
                : DateTime.MinValue;

    /// <summary>Forgets when silos said last that they are alive.</summary>
    /// <param name="addresses">Silos that are no members any more.</param>
    public void RemoveAlive(IEnumerable<string> addresses)
    {
        foreach (string address in addresses)
        {
            File.Delete(AlivePath(address));
        }
    }

    /// <summary>Reads the members with the times of their last words.</summary>
    public async Task<MembershipTableData> ReadAllAsync()
    {
        MemberTable table = await ReadAsync().ConfigureAwait(false);
        return new MembershipTableData(
            [.. table.Rows.Select(row => Tuple.Create(row.ToEntry(FindAlive(row.Address)), Text(row.ETag)))], Version(table));
    }

    /// <summary>Makes Orleans' form of a table's version.</summary>
    /// <param name="table">The table.</param>
    public static TableVersion Version(MemberTable table) => new(table.Version, Text(table.Version));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private int[] Versions() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "table.*.json")
            .Select(file => int.TryParse(Path.GetFileName(file).AsSpan(6, 9), CultureInfo.InvariantCulture, out int one) ? one : -1)
            .Where(version => version >= 0).Order()]
        : [];

    private string PathOf(int version) =>
        Path.Combine(folder, $"table.{version.ToString("D9", CultureInfo.InvariantCulture)}.json");

    private string AlivePath(string address) => Path.Combine(folder, $"alive.{ContentHash.OfText(address)[..16]}");
}
