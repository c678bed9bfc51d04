namespace Upkeep.Configuration;

/// <summary>What is said on a connection before TLS begins.</summary>
public enum TlsOpening
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>PostgreSQL's SSLRequest.</summary>
    Postgres,
    /// <summary>SMTP's STARTTLS.</summary>
    Smtp,
}

/// <summary>A place where a certificate is served.</summary>
public sealed record TlsAddress(string Host, int Port, TlsOpening Opening)
{
    /// <returns>Null where it is no such address: an unknown scheme, no host, a user, or tls:// without a port.</returns>
    public static TlsAddress? Of(string written)
    {
        if (!Uri.TryCreate(written, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.UserInfo.Length > 0 || address.Port == 0)
            return null;
        (int Port, TlsOpening Opening)? known = address.Scheme switch
        {
            "https" => (443, TlsOpening.None),
            "postgres" or "postgresql" => (5432, TlsOpening.Postgres),
            "smtp" => (25, TlsOpening.Smtp),
            "tls" => (-1, TlsOpening.None),
            _ => null,
        };
        var port = address.Port > 0 ? address.Port : known?.Port ?? -1;
        return known is null || port < 0 ? null : new TlsAddress(address.IdnHost.Trim('[', ']'), port, known.Value.Opening);
    }
}
