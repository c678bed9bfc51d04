using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Backups;

/// <summary>What an empty database needs so that a dump of another one fits in.</summary>
public static class DatabaseCopy
{
    /// <summary>How the session's database is made.</summary>
    public static async Task<DatabaseTraits> TraitsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        // ICU since 15 (its column was renamed in 17), the builtin provider since 17; before, everything is libc's.
        var provider = connection.PostgreSqlVersion.Major >= 15 ? "datlocprovider::text" : "'c'";
        var locale = connection.PostgreSqlVersion.Major switch { >= 17 => "datlocale", >= 15 => "daticulocale", _ => "null::text" };
        var roles = await connection.QueryAsync("select rolname from pg_roles where rolname !~ '^pg_' order by rolname collate \"C\"", row => row.GetString(0), cancellationToken);
        return (await connection.QueryAsync(
            $"select pg_encoding_to_char(encoding), datcollate, datctype, {provider}, {locale} from pg_database where datname = current_database()",
            row => new DatabaseTraits(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), roles),
            cancellationToken))[0];
    }

    /// <summary>The statement that makes an empty database of these traits.</summary>
    public static string CreateStatement(string name, DatabaseTraits traits)
    {
        ArgumentNullException.ThrowIfNull(traits);
        var provider = (traits.Provider, traits.Locale) switch
        {
            ("i", { } locale) => $" locale_provider icu icu_locale {Sql.Literal(locale)}",
            ("b", { } locale) => $" locale_provider builtin builtin_locale {Sql.Literal(locale)}",
            _ => "",
        };
        return $"create database {Sql.Identifier(name)} template template0 encoding {Sql.Literal(traits.Encoding)} "
            + $"lc_collate {Sql.Literal(traits.Collate)} lc_ctype {Sql.Literal(traits.CharacterType)}{provider}";
    }
}
