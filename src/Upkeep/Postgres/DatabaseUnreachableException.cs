using System.Net.Sockets;
using Npgsql;

namespace Upkeep.Postgres;

/// <summary>
/// No session could be opened. The message names host, port and database, never the password. It is an <see cref="NpgsqlException"/>,
/// so that whoever waits for a restarted server catches both kinds of loss in one place.
/// </summary>
public sealed class DatabaseUnreachableException : NpgsqlException, IHinted
{
    private DatabaseUnreachableException(string message, string hint, NpgsqlException inner) : base(message, inner)
    {
        Hint = hint;
        // The driver gives up by itself where the server asks for a password and there is none: the mistake is the same as a wrong one.
        SqlState = inner.SqlState ?? (AsksForPassword(inner) ? PostgresErrorCodes.InvalidPassword : null);
    }

    public string Hint { get; }

    public override string? SqlState { get; }

    /// <summary>Whether the address or the credentials are wrong, rather than the server away: waiting mends nothing.</summary>
    public bool IsMistake => SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName;

    /// <summary>Whether nobody answers there, or nobody yet: a server that is being restarted looks so.</summary>
    public bool IsAway => SqlState == PostgresErrorCodes.CannotConnectNow
        || InnerException is { InnerException: EndOfStreamException or SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.AddressNotAvailable } };

    /// <summary>Puts host, port, database and user to the driver's words.</summary>
    /// <param name="target">The connection string's parts; the password is not read.</param>
    internal static DatabaseUnreachableException Of(NpgsqlException problem, NpgsqlConnectionStringBuilder target)
    {
        var (why, hint) = Explain(problem, target);
        return new DatabaseUnreachableException($"Database {target.Database ?? target.Username} at {target.Host}:{target.Port} can't be reached: {why}.", hint, problem);
    }

    private static (string Why, string Hint) Explain(NpgsqlException problem, NpgsqlConnectionStringBuilder target) => problem switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } =>
            ($"the password of user {target.Username} is wrong", "Check the secret that database.url refers to, or ~/.pgpass."),
        not PostgresException when AsksForPassword(problem) =>
            ($"the server asks for the password of user {target.Username}, and none is given",
                "Put it into PGPASSWORD or ~/.pgpass (mode 0600, host:port:database:user:password), or let database.url refer to it."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } server =>
            ($"user {target.Username} is not let in ({server.MessageText})", "Check that the role exists and may log in, and the server's pg_hba.conf."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            ("there is no database of this name", "Check the name at the end of database.url."),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
            ("it has no connection left", "See who holds them (select usename, application_name, state from pg_stat_activity), or raise max_connections."),
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } server =>
            (server.MessageText, "The server is starting or stopping; wait a minute and try again."),
        PostgresException server => ($"{server.SqlState} {server.MessageText}", "The server answered and refused; its log says more."),
        { InnerException: EndOfStreamException } => ("it closed the connection without a word", "The server is going down or was restarted; look at its log, wait a minute and try again."),
        { InnerException: TimeoutException } => ("no answer in time", "Is a firewall in between, or the server overloaded? database.connectTimeout sets how long we wait."),
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            ("connection refused", "Is PostgreSQL running there (pg_lsclusters, systemctl status postgresql), and listening on this address and port?"),
        { InnerException: SocketException } when target.Host?.StartsWith('/') == true =>
            ("no server listens on a socket in this folder", "Check the folder in database.url (often /var/run/postgresql) and the port, or name a host."),
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } } =>
            ("the host's name is not known", "Check the host in database.url, and the machine's DNS."),
        _ => (Innermost(problem).Message.TrimEnd('.'), "Check host, port and TLS settings in database.url, then: upkeep check"),
    };

    /// <summary>The driver has no code for it, only its words.</summary>
    private static bool AsksForPassword(NpgsqlException problem) => problem.Message.StartsWith("No password has been provided", StringComparison.Ordinal);

    private static Exception Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : problem;
}
