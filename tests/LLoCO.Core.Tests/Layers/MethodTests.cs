using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Xunit;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Methods of the library are short, and those named like a question only answer it.</summary>
public sealed partial class MethodTests
{
    private const int MaxLines = 60;
    private const int MaxNinthDecile = 25;

    [Fact]
    public void Methods_AreShort()
    {
        (string Place, int Lines)[] methods = [.. RepositoryFiles.Sources("src").SelectMany(Measure)];
        int[] lines = [.. methods.Select(method => method.Lines).Order()];
        string[] tooLong = [.. methods.Where(method => method.Lines > MaxLines).Select(method => $"{method.Place}: {method.Lines}")];

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{lines.Length} methods: median {lines[lines.Length / 2]}, p90 {lines[lines.Length * 9 / 10]}, longest {lines[^1]}");
        Assert.True(methods.Length > 500, $"{methods.Length} methods found");
        Assert.True(tooLong.Length == 0, string.Join(Environment.NewLine, tooLong));
        Assert.InRange(lines[lines.Length * 9 / 10], 1, MaxNinthDecile);
    }

    [Fact]
    public void Measure_CountsFromTheSignatureToTheEnd() => Assert.Equal(
        [("p:3", 6), ("p:10", 2)],
        MeasureLines("p", """
            internal sealed class A
            {
                public int B(
                    int c)
                {
                    int d = c;
                    return d;
                }

                private int C(int d) =>
                    d;
            }
            """.Split('\n')));

    [Fact]
    public void MethodsNamedLikeAQuestion_AnswerItAndStoreNothing()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        MethodInfo[] questions = [.. typeof(LlocoPipeline).Assembly.GetTypes().SelectMany(type => type.GetMethods(All))
            .Where(method => Question().IsMatch(method.Name))];

        Assert.True(questions.Length > 20, $"{questions.Length} found");
        Assert.All(questions, method => Assert.True(
            method.ReturnType == typeof(bool) && !StoresAField(method), $"{method.DeclaringType}.{method.Name}"));
        Assert.True(StoresAField(typeof(Probe).GetMethod(nameof(Probe.Store))!));
    }

    private static IEnumerable<(string Place, int Lines)> Measure(string path) =>
        MeasureLines(path, RepositoryFiles.Read(path).Split('\n'));

    // By the layout of the code, which the build enforces: a member ends with a brace at its own depth, or with the semicolon
    // before a line that is empty or no deeper.
    private static IEnumerable<(string Place, int Lines)> MeasureLines(string path, string[] lines)
    {
        for (int first = 0; first < lines.Length; first++)
        {
            Match member = Member().Match(lines[first]);
            if (!member.Success)
            {
                continue;
            }

            string indent = member.Groups["indent"].Value;
            int last = first;
            while (last < lines.Length - 1 && !lines[last].StartsWith(indent + "}", StringComparison.Ordinal)
                && !(lines[last].EndsWith(';') && !lines[first..(last + 1)].Contains(indent + "{")
                    && !lines[last + 1].StartsWith(indent + " ", StringComparison.Ordinal)))
            {
                last++;
            }

            yield return ($"{path}:{first + 1}", last - first + 1);
            first = last;
        }
    }

    /// <summary>Looks for instructions that store into a field. Those of the compiler, which keeps closures in fields, do not
    /// count.</summary>
    private static bool StoresAField(MethodInfo method) =>
        method.GetMethodBody()?.GetILAsByteArray() is { } code && IntermediateCode.Instructions(code).Any(instruction =>
            (instruction.Code == OpCodes.Stfld || instruction.Code == OpCodes.Stsfld)
            && !method.Module.ResolveField(
                instruction.Member, method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments())!
                .DeclaringType!.Name.StartsWith('<'));

    [GeneratedRegex(@"^(Has|Is|Can|Are|Was|Does|Should|Needs|Fits|May|Contains)(?=[A-Z]|$)")]
    private static partial Regex Question();

    [GeneratedRegex(@"^(?<indent> +)(public|private|internal|protected)\b(?!.*\b(class|record|struct|interface|enum|delegate|const|event)\b)[^=]*\w(<[^>]*>)?\(")]
    private static partial Regex Member();

    private sealed class Probe
    {
        private int _stored;

        public bool Store() => (_stored = 7) > _stored - 1;
    }
}
