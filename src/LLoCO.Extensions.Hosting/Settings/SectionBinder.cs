using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LLoCO.Extensions.Hosting.Settings;

/// <summary>Binds a section, with a message that names the key where a value cannot be read.</summary>
internal static class SectionBinder
{
    /// <summary>Binds known keys. Unknown ones are left to the check that lists them all.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">What it is bound to.</param>
    /// <exception cref="OptionsValidationException">A value is not what its setting takes.</exception>
    public static void Bind(IConfiguration section, LlocoOptions options)
    {
        if (UnknownKeys.Find(section, typeof(LlocoOptions)).Any())
        {
            return;
        }

        try
        {
            // Without it, a member of a list that cannot be read would be left out silently.
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException error)
        {
            throw new OptionsValidationException(string.Empty, typeof(LlocoOptions), [Describe(section, error)]);
        }
    }

    private static string Describe(IConfiguration section, Exception error)
    {
        IConfigurationSection? culprit = Leaves(section).FirstOrDefault(
            leaf => error.ToString().Contains($"'{leaf.Path}'", StringComparison.Ordinal));
        return culprit is null
            ? error.Message
            : string.Create(CultureInfo.InvariantCulture, $"{culprit.Path} cannot be '{culprit.Value}'. See what this setting takes.");
    }

    private static IEnumerable<IConfigurationSection> Leaves(IConfiguration section) =>
        section.GetChildren().SelectMany(child => child.GetChildren().Any() ? Leaves(child) : [child]);
}
