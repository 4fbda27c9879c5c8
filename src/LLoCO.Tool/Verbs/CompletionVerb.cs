using System.CommandLine;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco completion</c>: scripts with which a shell completes verbs and options.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        _lloco() {
          local IFS=$'\n' words
          words=$(lloco "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
          COMPREPLY=($(compgen -W "${words}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _lloco lloco
        """;

    private const string Zsh = """
        #compdef lloco
        _lloco() {
          local -a words
          words=(${(f)"$(lloco "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
          compadd -a words || _files
        }
        compdef _lloco lloco
        """;

    private const string Fish = """
        complete -c lloco -a '(set -l line (commandline -cp); lloco "[suggest:"(string length -- $line)"]" $line 2>/dev/null)'
        """;

    public static Command Create(ToolConsole console)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var verb = new Command("completion", "Writes the script with which a shell completes verbs and options.") { shell };
        verb.SetAction(parsed =>
        {
            string script = parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
            console.Result(new { shell = parsed.GetValue(shell), script }, script);
            return 0;
        });
        return verb;
    }
}
