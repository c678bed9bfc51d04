using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Testing;

/// <summary>Another session that holds a table locked until it is disposed.</summary>
public sealed class Locked : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private Locked(NpgsqlConnection connection) => _connection = connection;

    public int ProcessId => _connection.ProcessID;

    /// <param name="table">As SQL.</param>
    /// <param name="mode">As SQL, for example <c>share update exclusive</c>.</param>
    public static async Task<Locked> HoldAsync(TestDatabase database, string table, CancellationToken cancellationToken, string mode = "access exclusive")
    {
        ArgumentNullException.ThrowIfNull(database);
        // Unpooled: a session that the server has ended meanwhile can't be made ready for the next one.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("begin", cancellationToken);
        await connection.ExecuteAsync($"lock table {table} in {mode} mode", cancellationToken);
        return new Locked(connection);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
