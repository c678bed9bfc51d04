using System.Globalization;
using Npgsql;

namespace Upkeep.Configuration.Reading;

/// <summary>
/// Where a database is, in the two forms that PostgreSQL's own programs take: a URL (<c>postgres://user:password@host:port/database?sslmode=require</c>)
/// or key=value (<c>host=… dbname=… user=…</c>). Host and database must be named: what a driver would assume instead is some other database.
/// Without a password, Npgsql reads PGPASSWORD, PGPASSFILE and <c>~/.pgpass</c> by itself.
/// </summary>
internal static class DatabaseUrl
{
    internal const string Form = "Write postgres://user@host:5432/database, or host=… port=… dbname=… user=….";

    /// <returns>Npgsql's connection string, and the password in it or null.</returns>
    /// <exception cref="ValueProblemException">Neither form; the message holds nothing of the value but parameter names.</exception>
    public static (string ConnectionString, string? Password) Read(string text)
    {
        text = text.Trim();
        var parameters = text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && text[..scheme].All(char.IsAsciiLetter)
            ? UrlParameters(text)
            : KeyValues.Read(text);
        var builder = new NpgsqlConnectionStringBuilder();
        foreach (var (name, value) in parameters)
            Apply(builder, name, value);
        Hosts(builder, parameters);
        if (string.IsNullOrEmpty(builder.Host))
            throw new ValueProblemException("names no host", "Write the host; for a Unix socket its folder: postgres:///database?host=/var/run/postgresql.");
        if (string.IsNullOrEmpty(builder.Database))
            throw new ValueProblemException("names no database", "Write the database's name after the host: postgres://user@host/database. None is ever assumed.");
        return (builder.ConnectionString, builder.Password);
    }

    private static Dictionary<string, string> UrlParameters(string text)
    {
        var scheme = text[..text.IndexOf("://", StringComparison.Ordinal)];
        if (scheme is not ("postgres" or "postgresql"))
            throw new ValueProblemException("isn't a PostgreSQL address", Form);
        var rest = text[(scheme.Length + 3)..];
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var (address, query) = Cut(rest, '?');
        // A password may hold a raw '@' or '/'; the last '@' before the query ends it.
        var at = address.LastIndexOf('@');
        if (at >= 0)
        {
            var (user, password) = Cut(address[..at], ':');
            Put(parameters, "user", Decode(user));
            Put(parameters, "password", password is null ? null : Decode(password));
        }
        var (hosts, database) = Cut(address[(at + 1)..], '/');
        Put(parameters, "dbname", database is null ? null : Decode(database));
        var parts = hosts.Split(',').Select(SplitPort).ToList();
        Put(parameters, "host", string.Join(',', parts.Select(part => part.Host)).Trim(','));
        if (parts.Any(part => part.Port.Length > 0))
            parameters["port"] = string.Join(',', parts.Select(part => part.Port));
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            Put(parameters, Decode(name), Decode(value ?? ""));
        }
        return parameters;
    }

    private static (string Host, string Port) SplitPort(string host)
    {
        // [::1]:5432 — colons inside the brackets are the address's own.
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? (Decode(host[..colon]), host[(colon + 1)..]) : (Decode(host), "");
    }

    private static void Put(Dictionary<string, string> parameters, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            parameters[name] = value;
    }

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "host" or "hostaddr" or "port":
                break;
            case "dbname": builder.Database = value; break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "passfile": builder.Passfile = value; break;
            case "sslmode": builder.SslMode = Word<SslMode>(name, value); break;
            case "sslnegotiation": builder.SslNegotiation = Word<SslNegotiation>(name, value); break;
            case "channel_binding": builder.ChannelBinding = Word<ChannelBinding>(name, value); break;
            case "sslcert": builder.SslCertificate = value; break;
            case "sslkey": builder.SslKey = value; break;
            case "sslpassword": builder.SslPassword = value; break;
            case "sslrootcert": builder.RootCertificate = value == "system" ? null : value; break;
            case "krbsrvname": builder.KerberosServiceName = value; break;
            case "target_session_attrs": builder.TargetSessionAttributes = value; break;
            case "load_balance_hosts": builder.LoadBalanceHosts = value is "random"; break;
            case "keepalives": builder.TcpKeepAlive = value != "0"; break;
            case "keepalives_idle": builder.TcpKeepAliveTime = Number(name, value); break;
            case "keepalives_interval": builder.TcpKeepAliveInterval = Number(name, value); break;
            // Every session sets these itself: name, waits and encoding are the same for all steps.
            case "application_name" or "fallback_application_name" or "connect_timeout" or "client_encoding" or "gssencmode" or "keepalives_count" or "tcp_user_timeout":
                break;
            default:
                throw new ValueProblemException($"has a parameter '{name}' that isn't known here",
                    Nearest.To(name, _known) is { } near ? $"Did you mean {near}?" : $"Known: {string.Join(", ", _known)}.");
        }
    }

    private static readonly string[] _known =
    [
        "host", "port", "dbname", "user", "password", "passfile", "sslmode", "sslnegotiation", "channel_binding", "sslcert", "sslkey", "sslpassword", "sslrootcert",
        "krbsrvname", "target_session_attrs", "load_balance_hosts", "keepalives", "keepalives_idle", "keepalives_interval",
    ];

    private static void Hosts(NpgsqlConnectionStringBuilder builder, Dictionary<string, string> parameters)
    {
        var hosts = (parameters.GetValueOrDefault("host") ?? parameters.GetValueOrDefault("hostaddr") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var ports = (parameters.GetValueOrDefault("port") ?? "").Split(',');
        if (ports.Length > 1 && ports.Length != hosts.Length)
            throw new ValueProblemException($"names {hosts.Length} hosts and {ports.Length} ports", "Write one port, or one for each host.");
        var numbers = ports.Select(port => port.Length == 0 ? 5432 : Number("port", port)).ToArray();
        if (numbers.Any(port => port is < 1 or > 65535))
            throw new ValueProblemException($"has port {numbers.First(port => port is < 1 or > 65535)}", "A port is a number from 1 to 65535.");
        // The host isn't shown: where the address was cut at the wrong place, it may hold a piece of the password.
        if (hosts.Any(host => !IsHost(host)))
            throw new ValueProblemException("names a host that is none", $"A password with '@', ':', '/' or '?' must be percent-encoded. {Form}");
        if (hosts.Length == 1)
            (builder.Host, builder.Port) = (hosts[0].Trim('[', ']'), numbers[0]);
        else if (hosts.Length > 1)
            builder.Host = string.Join(',', hosts.Select((host, index) => string.Create(CultureInfo.InvariantCulture, $"{host}:{numbers[ports.Length > 1 ? index : 0]}")));
    }

    // A folder of a Unix socket, an address of version 6 (in brackets or not), or a name.
    private static bool IsHost(string host) => host.StartsWith('/') || host.StartsWith('@')
        || System.Net.IPAddress.TryParse(host, out _)
        || Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;

    private static T Word<T>(string name, string value) where T : struct, Enum
    {
        var known = Enum.GetNames<T>();
        return known.FirstOrDefault(word => word.Equals(value.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw new ValueProblemException($"has {name}={value}", $"Known: {string.Join(", ", known.Select(Kebab))}.");
    }

    private static string Kebab(string word) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word);

    private static int Number(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ValueProblemException($"has no number as {name}", name == "port" ? $"A port is a number from 1 to 65535; a password with ':', '/' or '?' must be percent-encoded. {Form}" : Form);

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    private static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var index ? (text[..index], text[(index + 1)..]) : (text, null);
}
