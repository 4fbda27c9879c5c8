using LLoCO.Core.Tests.Index;
using LLoCO.Tenants;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class TenantVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
