namespace Upkeep.Backups.Foreign;

/// <summary>
/// Hands a plain dump on to psql without what a scratch server is not to do (<see cref="DumpEntry.IsLeftOut"/>). What would still be a
/// command of psql's, and not SQL, psql refuses by itself: it runs in its restricted mode, whose key is made here and known to nobody.
/// </summary>
internal static class SqlFilter
{
    /// <summary>Copies from a dump to psql's standard input.</summary>
    /// <param name="scan">Follows what is read; must be new.</param>
    /// <param name="leaveOut">Whether an entry isn't handed on.</param>
    /// <param name="key">Random: who knew it could end the restricted mode.</param>
    public static void Copy(Stream dump, Stream psql, SqlScan scan, Func<DumpEntry, bool> leaveOut, string key)
    {
        psql.Write(System.Text.Encoding.ASCII.GetBytes($"\\restrict {key}\n"));
        var lines = new ByteLines(dump);
        var keep = true;
        while (lines.Next())
        {
            scan.Read(lines);
            if (lines.Begins)
                keep = scan.IsWanted && (scan.Entry is { } entry ? IsSetting(lines.Text) || !leaveOut(entry) : IsOfHead(lines.Text)) && !IsOwnCommand(scan, lines.Text);
            if (keep)
                psql.Write(lines.Piece);
        }
        psql.Flush();
    }

    // With --clean the head also drops what a new database doesn't have. A command of psql's goes through, to be refused by psql.
    private static bool IsOfHead(ReadOnlySpan<byte> line) =>
        line.Length == 0 || line.StartsWith("--"u8) || line.StartsWith("SET "u8) || line.StartsWith("SELECT pg_catalog.set_config("u8) || line.StartsWith("\\"u8);

    // pg_dump writes these between the entries, for the one that follows.
    private static bool IsSetting(ReadOnlySpan<byte> line) => line.StartsWith("SET default_table"u8);

    // What pg_dump itself writes for psql: its own restricted mode, which ours stands for, and the way to a database that is ours to choose.
    private static bool IsOwnCommand(SqlScan scan, ReadOnlySpan<byte> line) => !scan.InRows
        && (line.StartsWith("\\restrict "u8) || line.StartsWith("\\unrestrict "u8) || (scan.IsOfServer && scan.Entry is null && line.StartsWith("\\connect "u8)) || IsOwner(line));

    // Roles that own things are not on a scratch server.
    private static bool IsOwner(ReadOnlySpan<byte> line) => line.StartsWith("ALTER "u8) && line.IndexOf(" OWNER TO "u8) > 0 && line.EndsWith(";"u8);
}
