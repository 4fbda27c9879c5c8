using System.Diagnostics;
using System.Globalization;

namespace LLoCO.LlamaCpp;

/// <summary>llama.cpp in a process of its own, which measures when asked to (see <see cref="PeerServer"/>, <see cref="PeerState"/>).</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the process, which loads the model.</summary>
    /// <param name="model">The GGUF file.</param>
    /// <param name="filler">A narrow model that makes keys and values of the same sizes.</param>
    /// <param name="threads">Threads.</param>
    public PeerProcess(string model, string filler, int threads)
        : this("serve", model, filler, threads.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>Starts the process.</summary>
    /// <param name="arguments">What it measures; the clock is added.</param>
    public PeerProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(PeerProcess).Assembly.Location);
        }

        foreach (string argument in (string[])[.. arguments, Timing.UseProcessorTime ? "processor" : "wall"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
    }

    /// <summary>Reads a prompt into an empty cache.</summary>
    /// <param name="flash">Whether with flash attention.</param>
    /// <param name="tokens">Its length.</param>
    /// <returns>Seconds.</returns>
    public double Prompt(bool flash, int tokens) => Ask($"prompt {flash} {tokens}");

    /// <summary>Generates for a quarter of a second.</summary>
    /// <param name="flash">Whether with flash attention.</param>
    /// <param name="depth">Positions in front.</param>
    /// <returns>Seconds per token.</returns>
    public double Generate(bool flash, int depth) => Ask($"generate {flash} {depth}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Lets it measure.</summary>
    /// <param name="line">What.</param>
    /// <returns>Seconds.</returns>
    public double Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        string? answer;
        do
        {
            answer = _process.StandardOutput.ReadLine();
        }
        while (answer is not null && !answer.StartsWith("seconds ", StringComparison.Ordinal));
        return answer is null
            ? throw new InvalidOperationException("llama.cpp's process ended; its messages are above.")
            : double.Parse(answer["seconds ".Length..], CultureInfo.InvariantCulture);
    }
}
