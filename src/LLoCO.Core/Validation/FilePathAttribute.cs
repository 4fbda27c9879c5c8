namespace LLoCO.Core.Validation;

/// <summary>Marks an option that names a file or folder: it must not be blank, nor hold the character NUL, which no file system
/// takes. <see langword="null"/> is allowed where the property's type allows it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FilePathAttribute : Attribute;
