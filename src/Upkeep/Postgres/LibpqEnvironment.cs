using System.Globalization;
using Npgsql;
using Upkeep.Configuration;

namespace Upkeep.Postgres;

/// <summary>
/// Our connection as environment variables for PostgreSQL's own programs, so that neither password nor host stands on a command line.
/// What the operator's environment says of another server is taken away.
/// </summary>
public static class LibpqEnvironment
{
    /// <param name="connection">An open session: programs go to the very server it is on, also where several hosts are named.</param>
    /// <param name="applicationName">How the program's sessions are to be known on the server.</param>
    public static IReadOnlyDictionary<string, string?> For(DatabaseSettings settings, NpgsqlConnection connection, string applicationName)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(connection);
        var given = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        var environment = new Dictionary<string, string?>
        {
            ["PGHOST"] = connection.Host,
            ["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = connection.Database,
            ["PGUSER"] = connection.UserName,
            ["PGAPPNAME"] = applicationName,
            ["PGCONNECT_TIMEOUT"] = Math.Max(2, (int)settings.ConnectTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["PGSSLMODE"] = given.SslMode switch
            {
                SslMode.Disable => "disable",
                SslMode.Allow => "allow",
                SslMode.Require => "require",
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                _ => "prefer",
            },
            ["PGHOSTADDR"] = null,
            ["PGSERVICE"] = null,
            ["PGOPTIONS"] = null,
            ["PGTARGETSESSIONATTRS"] = null,
        };
        // Only what the connection string names: the rest both Npgsql and libpq find in the same environment and files.
        foreach (var (variable, value) in new[]
        {
            ("PGPASSWORD", given.Password), ("PGPASSFILE", given.Passfile), ("PGSSLROOTCERT", given.RootCertificate),
            ("PGSSLCERT", given.SslCertificate), ("PGSSLKEY", given.SslKey),
        })
        {
            if (!string.IsNullOrEmpty(value))
                environment[variable] = value;
        }
        return environment;
    }
}
