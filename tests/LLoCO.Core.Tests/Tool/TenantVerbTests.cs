using LLoCO.Core.Tests.Index;
using LLoCO.Tenants;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class TenantVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tenant_ListWithADamagedOne_NamesItAndGoesOn()
    {
        string root = _folder.PathOf("tenants");
        foreach (string name in new[] { "acme", "bolt", "cask" })
        {
            await using TenantSpace space = await new TenantStore(root).OpenAsync(new TenantId(name), null, TestContext.Current.CancellationToken);
            await space.Index.PutAsync(TestDocuments.Create("a", "g", "text"), TestContext.Current.CancellationToken);
        }

        string file = Directory.EnumerateFiles(root, "*.db", SearchOption.AllDirectories).Single(one => one.Contains("bolt", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);

        ToolRun list = await ToolRun.OfAsync("tenant", "list", "--root", root, "--json");

        Assert.Equal(1, list.Code);
        Assert.Equal(["acme", "bolt", "cask"], list.Json.Select(line => line.GetProperty("tenant").GetString()));
        Assert.Equal([false, true, false], list.Json.Select(line => line.TryGetProperty("failure", out _)));
        Assert.Contains("1 tenants cannot be read", list.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenant_ListThenWipe_SaysWhatIsKeptAndRemovesItOnlyWhenSure()
    {
        string root = _folder.PathOf("tenants");
        await using (TenantSpace space = await new TenantStore(root).OpenAsync(new TenantId("acme"), null, TestContext.Current.CancellationToken))
        {
            await space.Index.PutAsync(TestDocuments.Create("a", "g", "text"), TestContext.Current.CancellationToken);
        }

        ToolRun list = await ToolRun.OfAsync("tenant", "list", "--root", root, "--json");
        ToolRun unsure = await ToolRun.OfAsync("tenant", "wipe", "acme", "--root", root);
        ToolRun wrong = await ToolRun.OfAsync("tenant", "wipe", "acne", "--root", root, "--yes");
        ToolRun wiped = await ToolRun.OfAsync("tenant", "wipe", "acme", "--root", root, "--yes");
        ToolRun after = await ToolRun.OfAsync("tenant", "list", "--root", root);

        Assert.Equal(("acme", 1, 8), (
            list.Json[0].GetProperty("tenant").GetString(), list.Json[0].GetProperty("documents").GetInt32(),
            list.Json[0].GetProperty("tokens").GetInt32()));
        Assert.Equal((2, 1, 0), (unsure.Code, wrong.Code, wiped.Code));
        Assert.Contains("no tenant 'acne'", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((0, string.Empty), (after.Code, after.Output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(root));
    }
}
