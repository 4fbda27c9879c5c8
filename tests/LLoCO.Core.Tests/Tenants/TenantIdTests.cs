using LLoCO.Tenants;
using Xunit;

namespace LLoCO.Core.Tests.Tenants;

public sealed class TenantIdTests
{
    [Theory]
    [InlineData("acme")]
    [InlineData("a")]
    [InlineData("7-seas")]
    [InlineData("con")]
    public void Create_Name_IsKept(string name) => Assert.Equal((name, name), (new TenantId(name).Name, new TenantId(name).ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("../acme")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a b")]
    [InlineData("straße")]
    [InlineData("a\u0000")]
    public void Create_WhatIsNoName_IsRefused(string name)
    {
        LlocoException refused = Assert.Throws<LlocoException>(() => new TenantId(name));

        Assert.Contains("lower-case letters", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TooLong_IsRefused()
    {
        Assert.Equal(TenantId.MaxLength, new TenantId(new string('a', TenantId.MaxLength)).Name.Length);
        Assert.Throws<LlocoException>(() => new TenantId(new string('a', TenantId.MaxLength + 1)));
    }

    [Fact]
    public void Default_NeverSet_IsTheTenantOfThatName()
    {
        Assert.Equal(new TenantId("default"), TenantId.Default);
        Assert.Equal(new TenantId("default").GetHashCode(), default(TenantId).GetHashCode());
        Assert.NotEqual(new TenantId("acme"), TenantId.Default);
    }
}
