using LLoCO.Models.Tiny;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ada:s3cret%40%2F@db.example:6432/notes?sslmode=require&tenant=red", "postgres://ada@db.example:6432/notes?tenant=red", "red")]
    [InlineData("postgresql://ada@[::1]/notes?schema=other", "postgres://ada@[::1]:5432/notes?schema=other", null)]
    [InlineData("Host=db;Port=6432;Database=notes;Username=ada;Password=s3cret;Tenant=blue", "postgres://ada@db:6432/notes?tenant=blue", "blue")]
    public void Parse_Address_IsShownWithoutPassword(string text, string shown, string? tenant)
    {
        PostgresAddress address = PostgresAddress.Parse(text);

        Assert.Equal(shown, address.ToString());
        Assert.Equal(tenant, address.Tenant);
        Assert.True(PostgresAddress.IsAddress(text));
    }

    [Theory]
    [InlineData("notes.db")]
    [InlineData("/data/host=x/notes.db")]
    [InlineData("http://localhost/notes")]
    [InlineData("")]
    [InlineData(null)]
    public void IsAddress_FileOrOtherScheme_IsNot(string? text) => Assert.False(PostgresAddress.IsAddress(text));

    [Theory]
    [InlineData("postgres://ada:s3cret@db:notaport/x")]
    [InlineData("postgres://ada:s3cret@db/x?colour=s3cret")]
    [InlineData("Host=db;Pass=s3cret;word")]
    [InlineData("Host=db;Port=s3cret")]
    public void Parse_Mistake_IsRefusedWithoutRepeatingIt(string text)
    {
        var error = Assert.Throws<LlocoException>(() => PostgresAddress.Parse(text));

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WrongPassword_IsNotRepeated()
    {
        // Nothing listens on the first port.
        var error = await Assert.ThrowsAnyAsync<LlocoException>(() => PostgresRetrievalIndex.OpenAsync(
            "postgres://ada:s3cret@127.0.0.1:1/notes", new PostgresIndexOptions { RetryFor = TimeSpan.Zero },
            TestContext.Current.CancellationToken));

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("postgres://ada@127.0.0.1:1/notes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Builder_AddressOfAKindThatWasNotAdded_IsAFaultThatNamesThePackage()
    {
        string fault = Assert.Single(
            LlocoPipeline.CreateBuilder().UseTinyModel().UseIndex("postgres://ada:s3cret@db/x").FindFaults());

        Assert.Contains("LLoCO.Postgres", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
    }
}
