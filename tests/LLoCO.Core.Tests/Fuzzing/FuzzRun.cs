using System.Diagnostics;
using System.Globalization;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Gives a reader damaged files. Each is read or refused by an error of the library, within a bound on time and memory;
/// anything else is a fault.</summary>
internal sealed class FuzzRun
{
    private const int MaxFaults = 12;

    private readonly ForeignReader _reader;
    private readonly SortedDictionary<string, string> _faults = new(StringComparer.Ordinal);
    private long _current = -1;
    private long _started;
    private int _read;

    private FuzzRun(ForeignReader reader) => _reader = reader;

    /// <summary>Runs inputs 0 to <paramref name="count"/> - 1, or as many as the time allows.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="count">Inputs.</param>
    /// <param name="longest">Most time for all.</param>
    public static void Expect(ForeignReader reader, int count, TimeSpan longest)
    {
        var run = new FuzzRun(reader);
        using var folder = new FuzzFolder();
        Exception? broken = null;
        int done = 0;

        // A reader that never comes back must not hold the test: its thread is left behind.
        var thread = new Thread(() =>
        {
            try
            {
                done = run.Inputs(folder, count, longest);
            }
            catch (Exception error)
            {
                broken = error;
            }
        }) { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            long started = Volatile.Read(ref run._started);
            Assert.False(
                started > 0 && Stopwatch.GetElapsedTime(started) > (reader.GivenUpAfter ?? reader.Longest * 3),
                $"{reader.Name}: input {run._current} does not come to an end.");
        }

        Assert.True(broken is null, broken?.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{reader.Name}: {done} inputs of {count}, {run._read} of them read, {run._faults.Count} faults"));
        Assert.True(run._faults.Count == 0, $"{reader.Name}:\n{string.Join('\n', run._faults.Select(fault => $"{fault.Value}\n  {fault.Key}"))}");

        // Damage that is always refused, or never, tests little.
        Assert.True(done < 1000 || (run._read > 0 && run._read < done), $"{reader.Name}: {run._read} of {done} inputs were read.");
    }

    private int Inputs(FuzzFolder folder, int count, TimeSpan longest)
    {
        OpenedReader opened = _reader.Open(folder);
        string path = folder.PathOf(opened.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (byte[] seed in opened.Seeds)
        {
            // What is damaged must be right before.
            File.WriteAllBytes(path, seed);
            opened.Read(path);
        }

        Damage[] damages = [ByteDamage.Make, .. _reader.Damages, .. _reader.Damages];
        long begin = Stopwatch.GetTimestamp();
        int done = 0;
        for (; done < count && Stopwatch.GetElapsedTime(begin) < longest && _faults.Count < MaxFaults; done++)
        {
            var dice = new Dice(_reader.Name, done);
            byte[] input = dice.Pick(damages)(dice.Pick(opened.Seeds), dice);
            File.WriteAllBytes(path, input);
            Volatile.Write(ref _current, done);
            Volatile.Write(ref _started, Stopwatch.GetTimestamp());
            One(opened, path, input);
            Volatile.Write(ref _started, 0);
        }

        return done;
    }

    private void One(OpenedReader opened, string path, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? fault = null;
        try
        {
            opened.Read(path);
            _read++;
        }
        catch (LlocoException)
        {
            // Refused in the library's words.
        }
        catch (Exception error)
        {
            fault = $"{error.GetType().Name} {Where(error)}: {error.Message.Split('\n')[0]}";
        }

        TimeSpan took = Stopwatch.GetElapsedTime(_started);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        fault ??= took > _reader.Longest ? "took too long" : bytes > _reader.MaxBytes + (64L * input.Length) ? "took too much memory" : null;
        if (fault is not null)
        {
            string text = input.Length <= 300 ? Convert.ToBase64String(input) : Keep(input);
            _faults.TryAdd(fault, $"input {_current} ({took.TotalSeconds:0.00} s, {bytes >> 20} MiB): {text}");
        }
    }

    private string Keep(byte[] input)
    {
        string kept = Path.Combine(Path.GetTempPath(), $"lloco-fuzz-{_reader.Name}-{_current}");
        File.WriteAllBytes(kept, input);
        return kept;
    }

    /// <summary>The first of the library's own methods on the way to the fault.</summary>
    private static string Where(Exception error) =>
        error.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line =>
            line.Contains("LLoCO.", StringComparison.Ordinal) && !line.Contains(".Tests.", StringComparison.Ordinal))?.Split(" in ")[0] ?? string.Empty;
}
