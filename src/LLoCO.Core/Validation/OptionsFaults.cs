using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace LLoCO.Core.Validation;

/// <summary>
/// Finds everything that is wrong with an options record, from its declarations alone: numbers out of their range, values that
/// an enum does not know, nulls where none may be, lists with empty members, paths that cannot be. Records inside it are looked
/// at too, so that a new option is checked without a line of code that knows it.
/// </summary>
public static class OptionsFaults
{
    // Read by reflection, the declarations cost a cold start a tenth of a second; most options are left as they are.
    private static readonly ConcurrentDictionary<Type, object?> Defaults = new();

    /// <summary>Finds the faults.</summary>
    /// <param name="options">The options: a record whose properties say by <see cref="RangeAttribute"/> what they may be.</param>
    /// <param name="setBy">The call that sets them, for the messages; <see langword="null"/> for no hint.</param>
    /// <param name="evenDefaults">Whether to look at options that have their defaults, too.</param>
    /// <returns>One sentence per fault, which names the option, its value and what is allowed.</returns>
    internal static IReadOnlyList<string> Find(object options, string? setBy = null, bool evenDefaults = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        Add(options, string.Empty, setBy, faults, evenDefaults);
        return faults;
    }

    /// <summary>Refuses options with faults.</summary>
    /// <param name="options">The options.</param>
    /// <param name="what">What they are, as the message begins: "decoding options".</param>
    /// <exception cref="LlocoException">There are faults; all are listed.</exception>
    public static void ThrowIfAny(object options, string what)
    {
        if (Find(options) is { Count: > 0 } faults)
        {
            throw new LlocoException($"The {what} cannot be used. {string.Join(" ", faults)}");
        }
    }

    /// <summary>Tells whether options have their defaults, which are right.</summary>
    /// <param name="options">The options.</param>
    private static bool AreDefaults(object options) => Defaults.GetOrAdd(
        options.GetType(),
        type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetConstructor(Type.EmptyTypes) is not null
            ? Activator.CreateInstance(type)
            : null) is { } defaults && options.Equals(defaults);

    private static void Add(object options, string path, string? setBy, List<string> faults, bool evenDefaults)
    {
        if (!evenDefaults && AreDefaults(options))
        {
            return;
        }

        foreach (OptionProperty option in OptionProperty.FindAll(options.GetType()))
        {
            string name = path + option.Property.Name;
            string? call = option.SetBy ?? setBy;
            object? value = option.Property.GetValue(options);
            string hint = call is null ? "." : $" ({call}).";
            if (value is not null && OptionProperty.IsOptions(value))
            {
                Add(value, name + ".", call, faults, evenDefaults);
            }
            else
            {
                faults.AddRange(Judge(option, name, value).Select(fault => fault + hint));
            }
        }
    }

    private static IEnumerable<string> Judge(OptionProperty option, string name, object? value) => value switch
    {
        null => option.MayBeNull ? [] : [$"{name} is null; give it a value or leave it out"],
        Enum known => Enum.IsDefined(known.GetType(), known)
            ? []
            : [$"{name} is {known:D}, which is not known; it must be {OneOf(known.GetType())}"],
        string path when option.IsPath => JudgePath(name, path),
        string => [],
        IEnumerable list => JudgeMembers(name, list),
        _ => option.Range is { } range && !IsWithin(range, value)
            ? [$"{name} is {Text(value)}; it must be {Allowed(range)}"]
            : [],
    };

    // Compared as they are: the attribute itself converts the value to the type of its limits first, which rounds -0.4 to 0.
    private static bool IsWithin(RangeAttribute range, object value) => value switch
    {
        double number => number >= Limit(range.Minimum) && number <= Limit(range.Maximum),
        float number => number >= Limit(range.Minimum) && number <= Limit(range.Maximum),
        _ => range.IsValid(value),
    };

    // The largest number of a type is no limit that anybody set.
    private static string Allowed(RangeAttribute range) => Limit(range.Maximum) is int.MaxValue or >= long.MaxValue
        ? $"{Text(range.Minimum)} or more"
        : $"{Text(range.Minimum)} to {Text(range.Maximum)}";

    private static double Limit(object limit) => Convert.ToDouble(limit, CultureInfo.InvariantCulture);

    private static IEnumerable<string> JudgePath(string name, string path) =>
        string.IsNullOrWhiteSpace(path) ? [$"{name} is blank; it must name a file or folder"]
        : path.Contains('\0', StringComparison.Ordinal)
            ? [$"{name} ('{path.Replace("\0", "\\0", StringComparison.Ordinal)}') holds the character NUL; no path does"]
        : [];

    private static IEnumerable<string> JudgeMembers(string name, IEnumerable list)
    {
        int place = 0;
        foreach (object? member in list)
        {
            string? fault = member switch
            {
                null => "is null; leave it out",
                "" => "is empty; give it a text or leave it out",
                Enum known when !Enum.IsDefined(known.GetType(), known) =>
                    $"is {known:D}, which is not known; it must be {OneOf(known.GetType())}",
                _ => null,
            };
            if (fault is not null)
            {
                yield return $"{name}[{place}] {fault}";
            }

            place++;
        }
    }

    private static string OneOf(Type known) =>
        string.Join(", ", Enum.GetNames(known)[..^1]) + " or " + Enum.GetNames(known)[^1];

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
