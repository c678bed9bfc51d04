using System.Web;
using Npgsql;

namespace SceneScout;

/// <summary>Where the database is: from <c>--database</c> or <c>DATABASE_URL</c>, as a URL or as key=value text.</summary>
public static class DatabaseAddress
{
    public const string Variable = "DATABASE_URL";

    /// <param name="option">What stands on the command line, or null.</param>
    /// <param name="variable">What the environment has, or null.</param>
    /// <returns>An Npgsql connection string. It may hold a password: never print it.</returns>
    /// <exception cref="ScoutException">There is none, it can't be read, or a password stands on the command line.</exception>
    public static string Resolve(string? option, string? variable)
    {
        var text = string.IsNullOrWhiteSpace(option) ? variable : option;
        if (string.IsNullOrWhiteSpace(text))
            throw new ScoutException($"No database is named. Set {Variable}, for example to postgres://scout@127.0.0.1:5432/scenescout, or give --database.");
        var address = Read(text);
        if (!string.IsNullOrWhiteSpace(option) && address.Password is not null)
            throw new ScoutException($"A password on a command line can be read by everyone on this machine. Put the address into {Variable}, or the password into PGPASSWORD.");
        address.ApplicationName ??= "scenescout";
        return address.ToString();
    }

    private static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUrl(new Uri(text))
                : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception problem) when (problem is ArgumentException or UriFormatException or FormatException)
        {
            // The text itself may hold the password, and so may the parser's message.
            throw new ScoutException("The database's address can't be read. Write postgres://user@host:port/name or Host=…;Database=….");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port < 0 ? 5432 : url.Port,
            Username = user[0].Length == 0 ? null : Uri.UnescapeDataString(user[0]),
            Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]),
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
        };
        var query = HttpUtility.ParseQueryString(url.Query);
        if (query["sslmode"] is { } mode)
            builder.SslMode = Enum.Parse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        return builder;
    }
}
