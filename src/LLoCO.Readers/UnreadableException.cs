namespace LLoCO.Readers;

/// <summary>A file cannot be read. The message is the rest of a sentence that begins with its name, without the full stop.</summary>
internal sealed class UnreadableException(string fault, Exception? innerException = null) : Exception(fault, innerException);
