using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Answers;

/// <summary>Tells every second what this silo has loaded, and hears of the others.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="silo">This silo.</param>
/// <param name="adapters">Its adapters.</param>
/// <param name="questions">Its questions.</param>
/// <param name="table">Where what is heard goes.</param>
internal sealed class LoadService(
    IGrainFactory grains, ILocalSiloDetails silo, AdapterShelf adapters, QuestionCount questions, LoadTable table) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                table.Set(await grains.GetGrain<ILoadGrain>(0).TellAsync(
                    new SiloLoad(silo.SiloAddress.ToString(), adapters.Used, questions.Count)).ConfigureAwait(false));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Without news, placement goes on by what was known.
            }

            await Task.Delay(Period, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
