using System.Globalization;
using Npgsql;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Postgres;

namespace Upkeep.Rollback.Rows;

/// <summary>
/// The list of one table's differences as CSV that COPY takes back: what, which version, how often, and the columns. Written as the rows come,
/// readable by its owner only, and there under its name when it is whole.
/// </summary>
internal sealed class RowsFile : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _path;
    private readonly TableShape _table;
    private readonly StreamWriter _writer;

    /// <summary>What the two versions are called: that of the database which isn't live any more, and that of the live one.</summary>
    public (string Left, string Live) Versions { get; init; } = ("replaced", "restored");

    private RowsFile(string folder, string path, TableShape table, StreamWriter writer)
    {
        (_folder, _path, _table, _writer) = (folder, path, table, writer);
        _writer.Write(CopyCsv.Line(["what", "version", "times", .. table.Columns.Select(column => column.Name)]));
    }

    /// <param name="folder">The run's folder, absolute.</param>
    /// <param name="path">Below it.</param>
    public static RowsFile Create(string folder, string path, TableShape table, string left = "replaced", string live = "restored")
    {
        var target = Path.Combine(folder, path);
        RunFolder.Create(Path.GetDirectoryName(target)!);
        return new RowsFile(folder, path, table, new StreamWriter(target + ".part", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = RunFolder.OwnerOnlyFile }))
        {
            Versions = (left, live),
        };
    }

    /// <summary>Adds rows; both versions where there are two.</summary>
    /// <param name="replaced">A session in the replaced database's snapshot.</param>
    /// <param name="live">A session in the live one's.</param>
    public async Task AddAsync(IReadOnlyList<Difference> rows, NpgsqlConnection replaced, NpgsqlConnection live, TablePair pair, CancellationToken cancellationToken)
    {
        var before = await TextsAsync(replaced, rows.Select(row => row.Replaced), _ => true, cancellationToken);
        var now = await TextsAsync(live, rows.Select(row => row.Live), column => pair.Live?.Has(column) == true, cancellationToken);
        foreach (var row in rows)
        {
            if (row.Replaced is { } left)
                await _writer.WriteAsync(Line(row, Versions.Left, before[left.Place]));
            if (row.Live is { } right && (row.Replaced is null || !row.Replaced.SameContent(right)))
                await _writer.WriteAsync(Line(row, Versions.Live, now[right.Place]));
        }
    }

    /// <summary>Ends the list and gives it its name.</summary>
    public async Task<Artifact> EndAsync(CancellationToken cancellationToken)
    {
        await _writer.FlushAsync(cancellationToken);
        ((FileStream)_writer.BaseStream).Flush(flushToDisk: true);
        await _writer.DisposeAsync();
        var target = Path.Combine(_folder, _path);
        File.Move(target + ".part", target, overwrite: true);
        return await RunFolder.DescribeAsync(_folder, _path, "text/csv", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        File.Delete(Path.Combine(_folder, _path) + ".part");
    }

    private static string Line(Difference row, string version, IEnumerable<string?> values) =>
        CopyCsv.Line([What(row.Kind), version, row.Times.ToString(CultureInfo.InvariantCulture), .. values]);

    private static string What(DifferenceKind kind) => kind switch
    {
        DifferenceKind.New => "new",
        DifferenceKind.Gone => "gone",
        DifferenceKind.Both => "changed in both",
        _ => "changed",
    };

    private async Task<Dictionary<string, string?[]>> TextsAsync(NpgsqlConnection connection, IEnumerable<SideRow?> rows, Func<string, bool> has, CancellationToken cancellationToken)
    {
        var places = rows.OfType<SideRow>().Select(row => row.Place).ToArray();
        if (places.Length == 0)
            return [];
        var texts = string.Join(", ", _table.Columns.Select(column => has(column.Name) ? $"{Sql.Identifier(column.Name)}::text" : "null::text"));
        var found = await connection.QueryAsync($"select ctid::text{(texts.Length > 0 ? $", {texts}" : "")} from only {_table.Name.Quoted} where ctid = any($1::text[]::tid[])", row => (
            Place: row.GetString(0),
            Values: Enumerable.Range(1, row.FieldCount - 1).Select(column => row.IsDBNull(column) ? null : row.GetString(column)).ToArray()), cancellationToken, (object)places);
        return found.ToDictionary(row => row.Place, row => row.Values, StringComparer.Ordinal);
    }
}
