using System.Buffers.Binary;
using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damage to an index file: fields of its pages, whole pages, and values that no index holds in tables that are
/// whole. The format: https://www.sqlite.org/fileformat.html.</summary>
internal static class SqliteDamage
{
    private const int FileHeader = 100;

    /// <summary>Offsets of the file header's fields: versions, page count, freelist, schema, encoding, version numbers.</summary>
    private static readonly int[] HeaderFields = [16, 18, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 92, 96];

    private static readonly string[] Values =
    [
        "NULL", "0", "-1", "9223372036854775807", "-9223372036854775808", "4294967296", "2147483647", "1e308", "0.5", "''", "'x'",
        "'0'", "x''", "x'00ff80'", "zeroblob(100000)", "hex(zeroblob(40000))", "'a' || char(0) || 'b'", "x'c0ff'", "'sha256:0'",
        "CAST(x'eda080' AS TEXT)", "abs(random())",
    ];

    /// <summary>Damages fields of one or two pages.</summary>
    public static byte[] Pages(byte[] file, Dice dice)
    {
        byte[] copy = [.. file];
        int size = BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(16));
        if (size < 512 || copy.Length < size)
        {
            return ByteDamage.Make(file, dice);
        }

        int pages = copy.Length / size;
        for (int times = 1 + dice.Next(3); times > 0; times--)
        {
            int page = dice.Next(pages);
            Span<byte> bytes = copy.AsSpan(page * size, size);
            if (dice.Once(8))
            {
                ByteDamage.WriteNumber(copy.AsSpan(dice.Pick(HeaderFields)), dice);
            }
            else if (dice.Once(8))
            {
                copy.AsSpan(dice.Next(pages) * size, size).ToArray().CopyTo(bytes);
            }
            else
            {
                Page(page == 0 ? bytes[FileHeader..] : bytes, page == 0 ? FileHeader : 0, pages, dice);
            }
        }

        return dice.Once(10) ? copy[..(dice.Next(pages) * size)] : copy;
    }

    /// <summary>Damages the header of a tree's page, an entry of its list of cells, or the beginning of a cell.</summary>
    private static void Page(Span<byte> tree, int shift, int pages, Dice dice)
    {
        bool interior = tree[0] is 2 or 5;
        int list = interior ? 12 : 8;
        int cells = BinaryPrimitives.ReadUInt16BigEndian(tree[3..]);
        int cell = list + (2 * dice.Next(cells));
        int start = cell + 2 <= tree.Length ? BinaryPrimitives.ReadUInt16BigEndian(tree[cell..]) - shift : -1;
        switch (dice.Next(7))
        {
            case 0:
                tree[0] = dice.Pick<byte>([0, 2, 5, 10, 13, 255]);
                break;
            case 1:
                BinaryPrimitives.WriteUInt16BigEndian(tree[dice.Pick<int>([1, 3, 5])..], (ushort)dice.OddNumber((ulong)cells));
                break;
            case 2 when interior:
                BinaryPrimitives.WriteInt32BigEndian(tree[8..], dice.Next(pages + 2));
                break;
            case 3 when cell + 2 <= tree.Length:
                BinaryPrimitives.WriteUInt16BigEndian(tree[cell..], (ushort)dice.Next(tree.Length + shift + 2));
                break;
            case 4 when start >= 0 && start + 9 < tree.Length:
                dice.Bytes(1 + dice.Next(9)).CopyTo(tree[start..]);
                break;
            case 5 when start >= 0 && start + 12 < tree.Length:
                // The serial types of the record behind length and row id.
                tree[start + 2 + dice.Next(10)] = (byte)dice.Next(256);
                break;
            default:
                tree[dice.Next(tree.Length)] ^= (byte)(1 << dice.Next(8));
                break;
        }
    }

    /// <summary>Changes values by SQL, so that every page is right.</summary>
    public static byte[] Rows(byte[] file, Dice dice)
    {
        // Deserializing in memory would do, but needs the native interface; a file beside is as good.
        string path = Path.Combine(FuzzFolder.Root, $"lloco-rows-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.db");
        File.WriteAllBytes(path, file);
        try
        {
            using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
            {
                connection.Open();
                connection.Execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF");
                for (int times = 1 + dice.Next(3); times > 0; times--)
                {
                    Change(connection, dice);
                }

                connection.Execute("PRAGMA journal_mode = WAL");
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            foreach (string suffix in (string[])["", "-wal", "-shm", "-journal"])
            {
                File.Delete(path + suffix);
            }
        }
    }

    private static void Change(SqliteConnection connection, Dice dice)
    {
        string[] tables = [.. connection.Rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
            row => row.GetString(0))];
        string table = dice.Pick(tables);
        string[] columns = [.. connection.Rows($"SELECT name FROM pragma_table_info('{table}') ORDER BY cid", row => row.GetString(0))];
        string column = dice.Pick(columns);
        string change = dice.Once(6)
            ? $"DELETE FROM \"{table}\""
            : $"UPDATE OR IGNORE \"{table}\" SET \"{column}\" = {dice.Pick(Values)}";
        try
        {
            connection.Execute(dice.Once(3) ? change : $"{change} WHERE \"{column}\" IS (SELECT \"{column}\" FROM \"{table}\" LIMIT 1)");
        }
        catch (SqliteException)
        {
            // The table's own rules refuse it: then no such file can be made this way.
        }
    }
}
