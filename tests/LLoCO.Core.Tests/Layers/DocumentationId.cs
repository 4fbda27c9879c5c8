using System.Globalization;
using System.Reflection;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Names of types and methods as documentation files, and analyzers, write them.</summary>
internal static class DocumentationId
{
    /// <summary>A type: <c>T:System.String</c>.</summary>
    public static string Of(Type type) => "T:" + Name(type);

    /// <summary>A method: <c>M:System.String.Concat(System.String,System.String)</c>.</summary>
    public static string Of(MethodBase method)
    {
        string name = method.Name.Replace('.', '#');
        string generic = method.IsGenericMethod
            ? string.Create(CultureInfo.InvariantCulture, $"``{method.GetGenericArguments().Length}")
            : string.Empty;
        string parameters = string.Join(',', method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
        string result = method.Name is "op_Implicit" or "op_Explicit" ? "~" + Name(((MethodInfo)method).ReturnType) : string.Empty;
        return $"M:{Name(method.DeclaringType!)}.{name}{generic}{(parameters.Length > 0 ? $"({parameters})" : string.Empty)}{result}";
    }

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``")
                + type.GenericParameterPosition.ToString(CultureInfo.InvariantCulture);
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "@" : "*");
        }

        string outer = type.DeclaringType is { } around ? Name(around) : type.Namespace!;
        bool constructed = type.IsConstructedGenericType;
        return constructed
            ? $"{outer}.{type.Name.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(Name))}}}"
            : $"{outer}.{type.Name}";
    }
}
