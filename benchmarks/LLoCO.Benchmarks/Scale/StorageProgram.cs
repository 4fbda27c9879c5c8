using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LLoCO.Postgres;
using Npgsql;
using NpgsqlTypes;
using Pgvector;

namespace LLoCO.Benchmarks.Scale;

/// <summary>
/// <c>bench storage --index "Host=…;Database=…" [--segments N] [--vectors N] [--width N]</c>: writes summary embeddings of bfloat16 numbers to a
/// PostgreSQL server as <c>bytea</c> (by COPY and by INSERT), as <c>halfvec</c> and as <c>vector</c>, reads them back, and writes bytes,
/// times, and whether every bit came back, as JSON lines.
/// </summary>
internal static class StorageProgram
{
    /// <summary>Runs the measurement.</summary>
    /// <param name="args">The options.</param>
    /// <returns>0, or 2 for wrong usage.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        var given = new ProgramArguments(args);
        int at = Array.IndexOf(args, "--index");
        if (at < 0 || at + 1 == args.Length)
        {
            Console.Error.WriteLine("usage: bench storage --index \"Host=…;Database=…\" [--segments 2000] [--vectors 16] [--width 640]");
            return 2;
        }

        // Opening the index makes sure of the extension; the tables here are temporary.
        await using (await PostgresRetrievalIndex.OpenAsync(args[at + 1]))
        {
        }

        int segments = given.Number("--segments", 2_000);
        int vectors = given.Number("--vectors", 16);
        int width = given.Number("--width", 640);
        var builder = new NpgsqlDataSourceBuilder(args[at + 1]);
        builder.UseVector();
        await using NpgsqlDataSource source = builder.Build();
        await using NpgsqlConnection connection = await source.OpenConnectionAsync();
        byte[][] rows = [.. Enumerable.Range(0, segments).Select(segment => Row(segment, vectors * width))];
        foreach ((string type, bool copy) in ((string, bool)[])[("bytea", true), ("bytea", false), ("halfvec[]", true), ("vector[]", true)])
        {
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(connection, type, copy, rows, width)));
        }

        return 0;
    }

    private static async Task<object> MeasureAsync(NpgsqlConnection connection, string type, bool copy, byte[][] rows, int width)
    {
        await ExecuteAsync(connection, $"DROP TABLE IF EXISTS stored; CREATE TEMP TABLE stored(key int, value {type})");
        await ExecuteAsync(connection, "ALTER TABLE stored ALTER COLUMN value SET STORAGE EXTERNAL");
        object[] values = [.. rows.Select(row => Value(row, type, width))];
        long started = Stopwatch.GetTimestamp();
        await WriteAsync(connection, values, copy);
        double write = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await using var size = new NpgsqlCommand("SELECT pg_total_relation_size('stored')", connection);
        long bytes = (long)(await size.ExecuteScalarAsync())!;
        started = Stopwatch.GetTimestamp();
        bool same = await ReadAsync(connection, type, rows);
        return new
        {
            type,
            by = copy ? "copy" : "insert",
            payload_bytes = rows.Sum(row => (long)row.Length),
            table_bytes = bytes,
            write_ms = Math.Round(write),
            read_ms = Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds),
            every_bit = same,
        };
    }

    private static async Task WriteAsync(NpgsqlConnection connection, object[] values, bool copy)
    {
        if (!copy)
        {
            for (int i = 0; i < values.Length; i++)
            {
                await using var insert = new NpgsqlCommand("INSERT INTO stored VALUES($1, $2)", connection)
                {
                    Parameters = { new NpgsqlParameter { Value = i }, new NpgsqlParameter { Value = values[i] } },
                };
                await insert.ExecuteNonQueryAsync();
            }

            return;
        }

        await using NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync("COPY stored FROM STDIN (FORMAT BINARY)");
        for (int i = 0; i < values.Length; i++)
        {
            await importer.StartRowAsync();
            await importer.WriteAsync(i, NpgsqlDbType.Integer);
            await (values[i] switch
            {
                byte[] bytes => importer.WriteAsync(bytes, NpgsqlDbType.Bytea),
                HalfVector[] half => importer.WriteAsync(half),
                Vector[] full => importer.WriteAsync(full),
                _ => throw new InvalidOperationException("a value has no type here"),
            });
        }

        await importer.CompleteAsync();
    }

    private static async Task<bool> ReadAsync(NpgsqlConnection connection, string type, byte[][] rows)
    {
        await using var select = new NpgsqlCommand("SELECT value FROM stored ORDER BY key", connection);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        bool same = true;
        for (int i = 0; await reader.ReadAsync(); i++)
        {
            byte[] back = type switch
            {
                "bytea" => reader.GetFieldValue<byte[]>(0),
                "halfvec[]" => Bytes(reader.GetFieldValue<HalfVector[]>(0).SelectMany(one => one.ToArray().Select(value => (float)value))),
                _ => Bytes(reader.GetFieldValue<Vector[]>(0).SelectMany(one => one.ToArray())),
            };
            same &= back.AsSpan().SequenceEqual(rows[i]);
        }

        return same;
    }

    // bfloat16 numbers as models make them, a few of them small: those are where halfvec runs out of exponent.
    private static byte[] Row(int segment, int count)
    {
        var random = new Random(segment);
        return Bytes(Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, -8 * random.NextDouble()))));
    }

    private static object Value(byte[] row, string type, int width)
    {
        float[][] vectors = [.. Floats(row).Chunk(width)];
        return type switch
        {
            "bytea" => row,
            "halfvec[]" => vectors.Select(one => new HalfVector(Array.ConvertAll(one, value => (Half)value))).ToArray(),
            _ => vectors.Select(one => new Vector(one)).ToArray(),
        };
    }

    private static byte[] Bytes(IEnumerable<float> values) =>
        [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))];

    private static IEnumerable<float> Floats(byte[] row) => Enumerable.Range(0, row.Length / 2)
        .Select(i => BitConverter.UInt32BitsToSingle((uint)(row[2 * i] | (row[(2 * i) + 1] << 8)) << 16));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
