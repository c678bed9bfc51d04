namespace Upkeep.Postgres;

/// <summary>Where the PostgreSQL programs are on this machine.</summary>
public static class ServerPrograms
{
    /// <summary>
    /// The folder that holds <paramref name="program"/>: the configured one, else the newest below Debian's <c>/usr/lib/postgresql</c>,
    /// else along PATH. Null where it is nowhere.
    /// </summary>
    public static string? Folder(string program, string? configured = null)
    {
        if (configured is not null)
            return File.Exists(Path.Combine(configured, program)) ? configured : null;
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).Where(folder => int.TryParse(Path.GetFileName(folder), out _))
                .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, program)));
    }
}
