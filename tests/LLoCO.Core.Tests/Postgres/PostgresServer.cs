using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LLoCO.Core.Tests.Postgres;
using LLoCO.Postgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace LLoCO.Core.Tests.Postgres;

/// <summary>
/// A PostgreSQL server of this process: in a temporary folder, on a free port of the loopback interface, without fsync. It ends with the
/// process, however that ends.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // The shell waits for its input to end: that happens also when this process is killed.
    private const string Guarded = "\"$@\" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lloco-postgres-");
    private Process? _process;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _template;
    private int _databases;

    private readonly string _host;
    private readonly string? _programs;

    private PostgresServer(string host, bool withVectors)
    {
        _host = host;
        _programs = withVectors ? PostgresBinaries.Folder : PostgresBinaries.CopyWithoutVectors(Path.Combine(_folder.FullName, "bare"));
    }

    public int Port { get; private set; }

    public string Address(string database, string user = "lloco") => $"postgres://{user}@{_host}:{Port}/{database}";

    /// <summary>Makes and starts a server.</summary>
    /// <param name="host">The address of this machine on which it listens; clients of its /24 network may connect.</param>
    /// <param name="withVectors">Whether pgvector is installed on it.</param>
    public static async Task<PostgresServer> StartAsync(string host = "127.0.0.1", bool withVectors = true)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || PostgresBinaries.Folder is null, PostgresBinaries.Remedy);
        var server = new PostgresServer(host, withVectors);

        // Root may not run a server: another user makes the data folder in this one.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(server._folder.FullName, (UnixFileMode)0b111_111_111);
        }

        if (!await server.RunsAsync())
        {
            await server.DisposeAsync();
            Assert.Skip($"initdb in {PostgresBinaries.Folder} does not run here as an ordinary user. {PostgresBinaries.Remedy}");
        }

        using Process made = server.Run(
            "initdb", redirectInput: false, "-U", "lloco", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync", "--no-instructions");
        Task<string> said = made.StandardOutput.ReadToEndAsync();
        string wrong = await made.StandardError.ReadToEndAsync();
        await made.WaitForExitAsync();
        Assert.True(made.ExitCode == 0, $"initdb: {await said}{wrong}");
        await File.AppendAllTextAsync(Path.Combine(server._folder.FullName, "data", "pg_hba.conf"), $"host all all {host}/24 trust\n");

        // Not before: whatever else runs here may take a port that nobody listens on yet.
        server.Port = FreePort();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the server after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAgainAsync()
    {
        string[] settings =
        [
            $"listen_addresses={_host}", $"port={Port}", "unix_socket_directories=", "fsync=off", "full_page_writes=off",
            "synchronous_commit=on", "shared_buffers=64MB", "max_connections=200", "autovacuum=off", "log_min_messages=fatal", "jit=off",
        ];
        _process = Run("postgres", redirectInput: true, [.. settings.SelectMany(setting => new[] { "-c", setting })]);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (int i = 0; ; i++)
        {
            try
            {
                await SqlAsync("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (i < 6000 && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Ends the server at once, as a power cut does to its clients.</summary>
    public async Task StopAsync()
    {
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Makes a database.</summary>
    /// <param name="template">The database that it is a copy of.</param>
    public async Task<string> CreateDatabaseAsync(string template = "template1")
    {
        string name = $"test_{Interlocked.Increment(ref _databases)}";
        await SqlAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    /// <summary>Makes a database with the tables of an index, which takes a fraction of the time of making the tables.</summary>
    public async Task<string> CreateIndexAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_template is null)
            {
                string name = await CreateDatabaseAsync();
                await using (await PostgresRetrievalIndex.OpenAsync(Address(name) + "?pooling=false"))
                {
                    _template = name;
                }

                await UntilUnusedAsync(name);
            }

            return await CreateDatabaseAsync(_template);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task DropAsync(string database) => await SqlAsync("postgres", $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");

    /// <summary>A session ends a moment after its connection is closed, and no copy is made of a database that has one.</summary>
    private async Task UntilUnusedAsync(string database)
    {
        while ((long)(await SqlAsync("postgres", $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"))! > 0)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Runs SQL as a user, and gives the first value.</summary>
    public async Task<object?> SqlAsync(string database, string sql, string user = "lloco")
    {
        await using var connection =
            new NpgsqlConnection($"Host={_host};Port={Port};Database={database};Username={user};Pooling=false;Timeout=300;Command Timeout=300");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await StopAsync();
        }

        _folder.Delete(recursive: true);
        _gate.Dispose();
    }

    private async Task<bool> RunsAsync()
    {
        try
        {
            using Process asked = Run("initdb", redirectInput: false, "--version");
            await Task.WhenAll(asked.StandardOutput.ReadToEndAsync(), asked.StandardError.ReadToEndAsync(), asked.WaitForExitAsync());
            return asked.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Process Run(string program, bool redirectInput, params string[] arguments)
    {
        string path = Path.Combine(_programs!, program);
        List<string> command = [.. Environment.IsPrivilegedProcess
            ? (string[])["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            : []];
        command.AddRange(redirectInput ? ["sh", "-c", Guarded, "sh", path] : [path]);
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), .. arguments, "-D", Path.Combine(_folder.FullName, "data")])
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        if (PostgresBinaries.Libraries is { } libraries)
        {
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The server that the tests share; it starts when the first asks for it.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private PostgresServer? _server;

    internal async Task<PostgresServer> GetAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return _server ??= await PostgresServer.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
