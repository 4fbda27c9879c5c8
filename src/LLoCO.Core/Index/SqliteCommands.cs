using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>One-line commands. Values are always parameters, never part of the statement.</summary>
internal static class SqliteCommands
{
    /// <summary>Makes a command; the connection's transaction is taken over.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="values">Parameter names and values; <see langword="null"/> becomes NULL.</param>
    /// <returns>The command, to be disposed.</returns>
    public static SqliteCommand Command(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Set(values);
        return command;
    }

    /// <summary>Sets parameters, those of an earlier run included; SQLite keeps the statement prepared.</summary>
    /// <param name="command">The command.</param>
    /// <param name="values">Parameter names and values.</param>
    public static void Set(this SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        foreach ((string name, object? value) in values)
        {
            int place = command.Parameters.IndexOf(name);
            if (place < 0)
            {
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
                continue;
            }

            // A parameter keeps the type of its first value otherwise.
            command.Parameters[place].ResetSqliteType();
            command.Parameters[place].Value = value ?? DBNull.Value;
        }
    }

    /// <summary>Runs a statement.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="values">Parameter names and values.</param>
    /// <returns>Rows changed.</returns>
    public static int Execute(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads the first column of the first row.</summary>
    /// <typeparam name="T">long, string or byte[].</typeparam>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The query.</param>
    /// <param name="values">Parameter names and values.</param>
    /// <returns>The value, or the type's default where there is no row or the value is NULL.</returns>
    public static T? Scalar<T>(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = connection.Command(sql, values);
        return command.ExecuteScalar() is T value ? value : default;
    }

    /// <summary>Runs a query and maps each row of its result.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Makes one item of the current row.</param>
    /// <param name="values">Parameter names and values.</param>
    /// <returns>The items.</returns>
    public static List<T> Rows<T>(
        this SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = connection.Command(sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        var items = new List<T>();
        while (reader.Read())
        {
            items.Add(read(reader));
        }

        return items;
    }
}
