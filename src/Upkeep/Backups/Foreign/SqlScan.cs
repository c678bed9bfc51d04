using System.Text;
using System.Text.RegularExpressions;
using Upkeep.Postgres;

namespace Upkeep.Backups.Foreign;

/// <summary>
/// Follows a dump in plain SQL from piece to piece: what each thing is, where rows are, whether it came to its end. It knows pg_dump's own
/// comments and no more SQL than that: nothing that it says is relied on for safety, which is psql's restricted mode's and the role's work.
/// </summary>
/// <param name="wanted">Of the dump of a whole server, the database that is looked at; the others are passed by.</param>
internal sealed partial class SqlScan(string? wanted)
{
    private readonly HashSet<TableName> _tables = [];
    private readonly Dictionary<TableName, long> _rows = [];
    private readonly Dictionary<string, string?> _extensions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _roles = new(StringComparer.Ordinal);
    private readonly List<string> _leftOut = [];
    private TableName _table;
    private bool _inserts;
    private bool _afterDashes;
    private bool _isFirst;
    private bool _insertsHere;

    /// <summary>What the piece belongs to; null in the dump's head.</summary>
    public DumpEntry? Entry { get; private set; }

    /// <summary>Whether the piece is a row of COPY.</summary>
    public bool InRows { get; private set; }

    /// <summary>Whether the dump's own first and last words were read.</summary>
    public bool HasHead { get; private set; }
    public bool IsComplete { get; private set; }

    /// <summary>Whether it is the dump of a whole server (pg_dumpall), with several databases in it.</summary>
    public bool IsOfServer { get; private set; }

    /// <summary>Of the dump of a whole server: the databases in it so far.</summary>
    public List<string> Databases { get; } = [];

    /// <summary>Whether the piece belongs to what is looked at.</summary>
    public bool IsWanted => !IsOfServer || (Databases.Count > 0 && Databases[^1] == wanted);

    /// <summary>Whether a table's rows end without their end mark.</summary>
    public bool IsCut { get; private set; }

    private string? Database { get; set; }
    private string? ServerVersion { get; set; }
    private string? ClientEncoding { get; set; }

    public ForeignContents Contents => new()
    {
        Database = Database, ServerVersion = ServerVersion, Encoding = ClientEncoding, Tables = _tables, Rows = _rows,
        HasRows = _inserts || _rows.Values.Any(rows => rows > 0), Extensions = _extensions, Roles = _roles, LeftOut = _leftOut,
    };

    /// <summary>Reads everything.</summary>
    /// <param name="moved">Called each time that there was more to read.</param>
    public void ReadAll(Stream stream, Action moved, CancellationToken cancellationToken)
    {
        var lines = new ByteLines(stream, moved);
        while (lines.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Read(lines);
        }
        IsCut |= InRows;
    }

    /// <summary>Takes in the next piece.</summary>
    public void Read(ByteLines lines)
    {
        if (!lines.Begins)
            return;
        var text = lines.Text;
        if (InRows)
            ReadRow(text);
        else if (text.StartsWith("--"u8))
            ReadComment(text);
        else if (text.Length > 0)
            ReadStatement(text);
        // A row that is cut off runs into the dashes of what follows.
        _afterDashes = InRows ? text.EndsWith("--"u8) : text.SequenceEqual("--"u8);
    }

    private void ReadRow(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("\\."u8))
        {
            InRows = false;
        }
        else if (_afterDashes && DumpEntry.Of(text) is not null)
        {
            // The rows of one file of a directory end early, and the next thing begins: the line before was no row, or not a whole one.
            (IsCut, InRows) = (true, false);
            Count(-1);
            ReadComment(text);
        }
        else
        {
            Count(1);
        }
    }

    private void Count(int rows)
    {
        if (IsWanted)
            _rows[_table] = _rows.GetValueOrDefault(_table) + rows;
    }

    private void ReadComment(ReadOnlySpan<byte> text)
    {
        if (_afterDashes && DumpEntry.Of(text) is { } entry)
            Begin(entry);
        else if (text.StartsWith("-- PostgreSQL database dump complete"u8))
            IsComplete = true;
        else if (text.StartsWith("-- PostgreSQL database dump"u8))
            HasHead = true;
        else if (text.StartsWith("-- PostgreSQL database cluster dump complete"u8))
            (IsComplete, IsOfServer) = (true, true);
        else if (text.StartsWith("-- PostgreSQL database cluster dump"u8))
            (HasHead, IsOfServer) = (true, true);
        else if (IsOfServer && text.StartsWith("-- Database \""u8) && text.EndsWith("\" dump"u8))
            BeginDatabase(Encoding.UTF8.GetString(text["-- Database \"".Length..^"\" dump".Length]));
        else if (text.StartsWith("-- Dumped from database version "u8))
            ServerVersion = Encoding.UTF8.GetString(text["-- Dumped from database version ".Length..]).Split(' ')[0];
    }

    private void BeginDatabase(string name)
    {
        Databases.Add(name);
        Entry = null;
        if (IsWanted)
            Database = name;
    }

    private void Begin(DumpEntry entry)
    {
        // Something follows, so that was not the end (of the dump of one database among several).
        (Entry, _isFirst, _insertsHere, IsComplete) = (entry, true, false, false);
        if (!IsWanted)
            return;
        if (entry.Type == "TABLE")
            _tables.Add(new TableName(entry.Schema, entry.Name));
        else if (entry.Type == "DATABASE")
            Database = entry.Name;
        if (entry.IsMissed)
            _leftOut.Add($"{entry.Type} {entry.Name}");
    }

    private void ReadStatement(ReadOnlySpan<byte> text)
    {
        var (first, type) = (_isFirst, Entry?.Type);
        _isFirst = false;
        if (type is null && text.StartsWith("SET client_encoding = '"u8))
            ClientEncoding = Encoding.UTF8.GetString(text["SET client_encoding = '".Length..]).TrimEnd(';').TrimEnd('\'');
        else if (type == "TABLE DATA" && !_insertsHere && text.StartsWith("COPY "u8) && text.EndsWith(" FROM stdin;"u8))
            BeginRows();
        else if (type == "TABLE DATA" && text.StartsWith("INSERT INTO "u8))
            (_insertsHere, _inserts) = (true, _inserts || IsWanted);
        else if (!IsWanted)
            return;
        else if (type == "EXTENSION" && first && Extension().Match(Encoding.UTF8.GetString(text)) is { Success: true } extension)
            _extensions[Unquoted(extension.Groups["name"].Value)] = extension.Groups["schema"] is { Success: true } schema ? Unquoted(schema.Value) : null;
        else if (type == "POLICY" && first && Policy().Match(Encoding.UTF8.GetString(text)) is { Success: true } policy)
            _roles.UnionWith(Name().Matches(policy.Groups["roles"].Value).Select(name => Unquoted(name.Value)));
    }

    private void BeginRows()
    {
        _table = new TableName(Entry!.Schema, Entry.Name);
        InRows = true;
        Count(0);
    }

    private static string Unquoted(string name) => name.StartsWith('"') ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;

    [GeneratedRegex("""^CREATE EXTENSION (IF NOT EXISTS )?(?<name>"([^"]|"")+"|[\w$]+)( WITH SCHEMA (?<schema>"([^"]|"")+"|[\w$]+))?""", RegexOptions.CultureInvariant)]
    private static partial Regex Extension();

    [GeneratedRegex("""^CREATE POLICY .* TO (?<roles>("([^"]|"")+"|[\w$]+)(, ("([^"]|"")+"|[\w$]+))*)( USING | WITH CHECK |;)""", RegexOptions.CultureInvariant)]
    private static partial Regex Policy();

    [GeneratedRegex("""\"([^"]|"")+"|[\w$]+""", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
