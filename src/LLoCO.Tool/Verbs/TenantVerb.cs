using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Tenants;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco tenant</c>: the tenants of a folder.</summary>
internal static class TenantVerb
{
    public static Command Create(ToolConsole console)
    {
        var verb = new Command("tenant", "Lists the tenants of a folder with what they keep, or removes all that one of them has.");
        verb.Subcommands.Add(List(console));
        verb.Subcommands.Add(Wipe(console));
        return verb;
    }

    private static Command List(ToolConsole console)
    {
        Option<string> root = Root();
        var verb = new Command("list", "Lists tenants: documents, tokens, bytes.") { root };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            TenantStore store = Open(parsed.GetValue(root)!);
            int failed = 0;
            foreach (TenantId tenant in store.FindTenants())
            {
                try
                {
                    await ShowAsync(store, tenant, console, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is LlocoException or IOException or UnauthorizedAccessException)
                {
                    failed++;
                    console.Result(new { tenant = tenant.Name, failure = fault.Message }, $"{tenant}: failed: {fault.Message}");
                }
            }

            if (failed > 0)
            {
                console.Error.WriteLine($"lloco: {failed} tenants cannot be read; their lines say why.");
            }

            return failed == 0 ? 0 : 1;
        });
        return verb;
    }

    private static async Task ShowAsync(TenantStore store, TenantId tenant, ToolConsole console, CancellationToken cancellationToken)
    {
        await using TenantSpace space = await store.OpenAsync(tenant, null, cancellationToken).ConfigureAwait(false);
        TenantUsage usage = await space.CountUsageAsync(cancellationToken).ConfigureAwait(false);
        console.Result(
            new { tenant = tenant.Name, documents = usage.Documents, tokens = usage.Tokens, bytes = usage.Bytes },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{tenant}: {usage.Documents:N0} documents, {usage.Tokens:N0} tokens, {usage.Bytes:N0} bytes"));
    }

    private static Command Wipe(ToolConsole console)
    {
        Option<string> root = Root();
        var name = new Argument<string>("tenant") { Description = "The tenant." };
        var sure = new Option<bool>("--yes") { Description = "Removes without asking; needed, since nothing brings it back." };
        var verb = new Command("wipe", "Removes everything that a tenant has: documents, checkpoints, prefixes, adapters, jobs.") { name, root, sure };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            TenantStore store = Open(parsed.GetValue(root)!);
            var tenant = new TenantId(parsed.GetValue(name)!);
            if (!store.FindTenants().Contains(tenant))
            {
                throw new LlocoException($"There is no tenant '{tenant}' in {parsed.GetValue(root)}. 'lloco tenant list' shows which there are.");
            }

            if (!parsed.GetValue(sure))
            {
                throw new ToolUsageException($"All that '{tenant}' has would be removed. Say --yes.");
            }

            await store.WipeAsync(tenant, cancellationToken).ConfigureAwait(false);
            console.Result(new { tenant = tenant.Name, wiped = true }, $"{tenant}: removed");
            return 0;
        });
        return verb;
    }

    private static Option<string> Root() => new("--root") { Description = "Folder of the tenants.", Required = true, HelpName = "DIR" };

    private static TenantStore Open(string root) => Directory.Exists(root)
        ? new TenantStore(root)
        : throw new LlocoException($"The folder '{root}' does not exist. Tenants are made by applications (TenantStore.OpenAsync).");
}
