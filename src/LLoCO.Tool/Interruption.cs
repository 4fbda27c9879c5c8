namespace LLoCO.Tool;

/// <summary>What an interrupted verb leaves behind, and how to go on.</summary>
internal static class Interruption
{
    /// <summary>The exit code of a command that was ended by Ctrl-C.</summary>
    public const int Code = 130;

    /// <summary>Says what is left and how to go on.</summary>
    /// <param name="verb">The verb.</param>
    public static string Explain(string verb) => verb switch
    {
        "compress" or "watch" => "Finished segments are kept in the index. Run the same command again to go on there.",
        "copy" => "Documents that were copied are kept. Run the same command again to go on there.",
        "group" => "All documents were moved, or none; a checkpoint of training is kept. Run the same command again to go on there.",
        "finetune" or "pretrain" or "learn" => "The last checkpoint is kept in the output folder. Run the same command again to go on there.",
        "eval" or "needle" or "calibrate" => "Answers that were written to a results file are kept. Run the same command again to go on.",
        "ask" or "chat" or "list" or "show" or "inspect" or "plan" or "score" => "Nothing was changed.",
        "work" => "Finished segments and training steps are kept in the shared folder; other silos go on there.",
        "jobs" or "start" => "A job that was started goes on: 'lloco jobs list' names it.",
        "serve" or "mcp" => "Documents that were added are kept.",
        _ => "Run the same command again.",
    };
}
