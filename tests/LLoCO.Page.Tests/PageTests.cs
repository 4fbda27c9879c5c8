using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace LLoCO.Page.Tests;

/// <summary>The page in a browser: what a person does with it, with the mouse, with the keyboard, and what a screen reader is told.</summary>
public sealed class PageTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private static readonly string Log = string.Join(
        ' ',
        Enumerable.Range(1, 60).Select(day => $"On day {day} the wind was fair and the crew mended sails.")
            .Append("The cook's name was Mara Quill. The cargo was salt and copper."));

    [Fact]
    public async Task Document_AddedAskedAndDeleted()
    {
        Assert.SkipWhen(fixture.Lacking is not null, fixture.Lacking ?? string.Empty);
        IPage page = await fixture.OpenAsync(1280);
        var faults = new List<string>();
        page.Console += (_, message) => faults.AddRange(message.Type == "error" ? [message.Text] : []);
        page.PageError += (_, error) => faults.Add(error);

        await UploadAsync(page, "log.txt");
        ILocator row = page.GetByRole(AriaRole.Row, new() { Name = "log.txt" });
        await Assertions.Expect(row).ToContainTextAsync("ship");
        await Assertions.Expect(row).ToContainTextAsync("×");

        await AskAsync(page);
        string answer = await page.Locator("#answer").InnerTextAsync();
        Assert.NotEmpty(answer.Trim());
        string source = await page.Locator("#sources .text").InnerTextAsync();
        Assert.Equal(Log, source);
        string marked = string.Concat(await page.Locator("#sources .text > mark").AllInnerTextsAsync());
        Assert.Contains("The cook's name was Mara Quill.", marked);
        string figures = await page.Locator("#figures").InnerTextAsync();
        Assert.Contains("Tokens read", figures);
        Assert.Contains("With the full text", figures);
        await page.ScreenshotAsync(new() { Path = Picture("asked-1280.png"), FullPage = true });

        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete log.txt" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
        Assert.Empty(faults);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keyboard_Alone_Asks()
    {
        Assert.SkipWhen(fixture.Lacking is not null, fixture.Lacking ?? string.Empty);
        IPage page = await fixture.OpenAsync(1280);
        await UploadAsync(page, "keys.txt");

        await page.ReloadAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the question", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        string focused = await page.EvaluateAsync<string>("document.activeElement.id");
        Assert.Equal("scope", focused == "question" ? "scope" : focused);
        await page.FocusAsync("#question");
        await page.Keyboard.TypeAsync("What was the cook's name?");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#figures")).ToContainTextAsync("Tokens read");
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task Page_HasNoViolationThatAxeFinds(int width, bool dark)
    {
        Assert.SkipWhen(fixture.Lacking is not null, fixture.Lacking ?? string.Empty);
        IPage page = await fixture.OpenAsync(width, dark);
        await AssertAccessibleAsync(page);

        await UploadAsync(page, $"log-{width}-{dark}.txt");
        await AskAsync(page);
        await AssertAccessibleAsync(page);
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "The page is wider than its window.");
        await page.ScreenshotAsync(new() { Path = Picture($"axe-{width}-{(dark ? "dark" : "light")}.png"), FullPage = true });
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Reports_AreLinked()
    {
        Assert.SkipWhen(fixture.Lacking is not null, fixture.Lacking ?? string.Empty);
        IPage page = await fixture.OpenAsync(1280);

        IPage report = await page.Context.RunAndWaitForPageAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = "needle/index.html" }).ClickAsync());
        await Assertions.Expect(report.GetByText("All found.")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    private static async Task UploadAsync(IPage page, string name)
    {
        await page.SetInputFilesAsync("#file", new FilePayload { Name = name, MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(Log) });
        await page.FillAsync("#group", "ship");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Assertions.Expect(page.Locator("#uploads")).ToContainTextAsync("are now");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = name })).ToHaveCountAsync(1);
    }

    private static async Task AskAsync(IPage page)
    {
        await page.FillAsync("#question", "What was the cook's name?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#sources mark").First).ToBeVisibleAsync();
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        AxeResult result = await page.RunAxe();
        string[] found = [.. result.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}\n{string.Join('\n', violation.Nodes.Select(node => node.Html))}")];
        Assert.True(found.Length == 0, string.Join('\n', found));
        Assert.NotEmpty(result.Passes);
    }

    private static string Picture(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "pictures");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }
}
