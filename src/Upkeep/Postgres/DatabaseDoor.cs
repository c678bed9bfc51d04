using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Npgsql.Replication;
using Upkeep.Configuration;

namespace Upkeep.Postgres;

/// <summary>
/// The one door for SQL. Every session it opens carries our <c>application_name</c>, the lock budget and the statement timeout, and
/// settings under which values read the same everywhere (dates, floats, time zone).
/// </summary>
public sealed class DatabaseDoor : IAsyncDisposable
{
    public const string ApplicationName = "upkeep";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnectionStringBuilder _sessions;
    private readonly DatabaseSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;

    // A server that didn't let us in won't a moment later; asked by every step, it locks the account or us.
    private static readonly TimeSpan _refusalHolds = TimeSpan.FromSeconds(30);
    private (long At, NpgsqlException Why)? _refused;

    // A server that was there before is being restarted, and that takes moments: without a wait every step that comes along fails for one cause. Whoever
    // asks after a wait in vain hears so at once.
    private static readonly TimeSpan _restartTakes = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _betweenKnocks = TimeSpan.FromMilliseconds(250);
    private bool _wasThere;
    private bool _staysAway;

    /// <param name="loggers">Hear of sessions and statements; null for nobody.</param>
    public DatabaseDoor(DatabaseSettings settings, ILoggerFactory? loggers = null)
    {
        _settings = settings;
        _loggers = loggers ?? NullLoggerFactory.Instance;
        _log = _loggers.CreateLogger("Upkeep.Postgres");
        _sessions = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            ApplicationName = ApplicationName,
            Timeout = Math.Max(1, (int)settings.ConnectTimeout.TotalSeconds),
            CommandTimeout = 0,
            IncludeErrorDetail = false,
            Options = string.Join(' ',
                $"-c lock_timeout={(long)settings.LockTimeout.TotalMilliseconds}",
                $"-c statement_timeout={(long)settings.StatementTimeout.TotalMilliseconds}",
                "-c idle_in_transaction_session_timeout=0",
                "-c DateStyle=ISO,YMD -c IntervalStyle=postgres -c TimeZone=UTC -c extra_float_digits=1 -c bytea_output=hex -c search_path="),
            SearchPath = null,
        };
        _source = new NpgsqlDataSourceBuilder(_sessions.ConnectionString).UseLoggerFactory(loggers).Build();
    }

    public DatabaseSettings Settings => _settings;

    /// <summary>A session from the pool. Dispose it soon.</summary>
    /// <exception cref="DatabaseUnreachableException">With host, port and database, and a hint; the runner tells both.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var target = new NpgsqlConnectionStringBuilder(_settings.ConnectionString);
        if (_refused is { } known && TimeProvider.System.GetElapsedTime(known.At) < _refusalHolds)
            throw DatabaseUnreachableException.Of(known.Why, target);
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                var session = await _source.OpenConnectionAsync(cancellationToken);
                (_wasThere, _staysAway) = (true, false);
                return session;
            }
            catch (NpgsqlException problem)
            {
                _log.NoSession(_sessions.Database, _sessions.Host, problem.Message);
                var unreachable = DatabaseUnreachableException.Of(problem, target);
                _refused = unreachable.IsMistake ? (TimeProvider.System.GetTimestamp(), problem) : null;
                if (!_wasThere || !unreachable.IsAway || _staysAway)
                    throw unreachable;
                if (TimeProvider.System.GetElapsedTime(began) > _restartTakes)
                {
                    _staysAway = true;
                    throw unreachable;
                }
            }
            await Task.Delay(_betweenKnocks, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>A session of its own, outside the pool, that may stay open and idle for hours.</summary>
    /// <param name="label">Its application_name, for whoever looks into pg_stat_activity.</param>
    /// <exception cref="DatabaseUnreachableException">With host, port and database, and a hint.</exception>
    public async Task<NpgsqlConnection> OpenOwnAsync(string label, CancellationToken cancellationToken)
    {
        var target = new NpgsqlConnectionStringBuilder(_sessions.ConnectionString) { ApplicationName = label, Pooling = false, KeepAlive = 30 };
        var session = new NpgsqlConnection(target.ConnectionString);
        try
        {
            await session.OpenAsync(cancellationToken);
            // Newer servers may be told to end idle sessions; ours is idle on purpose.
            if (session.PostgreSqlVersion.Major >= 14)
                await session.ExecuteAsync("set idle_session_timeout = 0", cancellationToken);
            _log.OwnSessionOpened(session.ProcessID, session.Database, session.Host, label);
            return session;
        }
        catch (NpgsqlException problem)
        {
            await session.DisposeAsync();
            _log.NoSession(target.Database, target.Host, problem.Message);
            throw DatabaseUnreachableException.Of(problem, target);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a replication session and closes it again: the only way to hear whether the server lets our role in for one.</summary>
    /// <exception cref="NpgsqlException">It doesn't, in the server's words.</exception>
    public async Task TryReplicationAsync(CancellationToken cancellationToken)
    {
        // Without the door's options: a replication session takes no settings of SQL sessions.
        await using var session = new PhysicalReplicationConnection(new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { ApplicationName = ApplicationName, Pooling = false }.ToString());
        await session.Open(cancellationToken);
    }

    /// <summary>Drops the idle sessions of the pool: after a restart of the server each of them would fail its next user.</summary>
    public void ForgetSessions()
    {
        _log.SessionsDropped(_sessions.Database);
        _source.Clear();
    }

    /// <summary>A door with the same log and other settings, for example to another database of the same server.</summary>
    public DatabaseDoor With(DatabaseSettings settings) => new(settings, _loggers);

    /// <summary>The rows of a query, mapped.</summary>
    /// <param name="parameters">Positional values for $1, $2, …</param>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.QueryAsync(sql, map, cancellationToken, parameters);
    }

    /// <summary>The first column of the first row, or default where there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.ScalarAsync<T>(sql, cancellationToken, parameters);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
