namespace LLoCO.Tool.Help;

/// <summary>The verbs in the groups that help shows, with examples.</summary>
internal static class VerbGroups
{
    /// <summary>Gets the groups, in the order of their use.</summary>
    public static IReadOnlyList<(string Title, string[] Verbs)> All { get; } =
    [
        ("Documents", ["compress", "watch", "group", "learn", "list", "show", "remove", "copy", "tenant"]),
        ("Questions", ["ask", "chat", "serve", "mcp"]),
        ("Quality", ["eval", "needle", "calibrate", "score", "synth", "reference"]),
        ("Models", ["inspect", "finetune", "pretrain", "export", "tokenize", "verify"]),
        ("Many machines", ["work", "jobs"]),
        ("Costs and this command", ["plan", "bench", "completion"]),
    ];

    /// <summary>Gets the examples of verbs.</summary>
    public static IReadOnlyDictionary<string, string[]> Examples { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["ask"] = ["lloco ask \"Who pays for the return?\" --index notes.db", "lloco ask \"Who pays?\" --index notes.db --document offer.pdf --json"],
        ["chat"] = ["lloco chat --index notes.db"],
        ["compress"] = ["lloco compress manuals --index notes.db", "lloco compress d1 d2 offer.pdf --index notes.db --group pumps"],
        ["completion"] = ["lloco completion bash > ~/.local/share/bash-completion/completions/lloco"],
        ["copy"] = ["lloco copy notes.db postgres://lloco@localhost/notes", "lloco copy postgres://lloco@localhost/notes copy.db --verify"],
        ["group"] = ["lloco group --index notes.db", "lloco group --index notes.db --apply --train --self-study --out adapters"],
        ["learn"] = ["lloco learn offer.pdf --index notes.db --out run --ratio 32", "lloco learn manuals --index notes.db --out run --estimate"],
        ["jobs"] = ["lloco jobs start manuals --folder shared --watch", "lloco jobs list --folder shared"],
        ["list"] = ["lloco list --index notes.db"],
        ["remove"] = ["lloco remove offer.pdf --index notes.db"],
        ["serve"] = ["lloco serve --index notes.db --port 8080"],
        ["show"] = ["lloco show offer.pdf --index notes.db", "lloco show offer.pdf --index notes.db --text"],
        ["watch"] = ["lloco watch manuals --index notes.db"],
        ["work"] = ["lloco work --folder shared --index shared/notes.db"],
    };
}
