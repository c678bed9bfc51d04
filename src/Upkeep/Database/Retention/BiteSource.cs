using System.Globalization;
using Npgsql;
using Upkeep.Postgres;

namespace Upkeep.Database.Retention;

/// <summary>Cuts a table into bites, each of which costs its own size and nothing more. Several lanes may ask at once.</summary>
internal abstract class BiteSource : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <param name="rows">About how many rows the bite should look at.</param>
    /// <returns>Null when the table is through.</returns>
    public async Task<Bite?> NextAsync(NpgsqlConnection session, long rows, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await CutAsync(session, rows, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    protected abstract Task<Bite?> CutAsync(NpgsqlConnection session, long rows, CancellationToken cancellationToken);
}

/// <summary>Along the index on the time column, oldest first. The lower bound only moves forward, so removed entries aren't read again.</summary>
internal sealed class IndexBites(LeafSurvey leaf) : BiteSource
{
    private string? _from;
    private bool _through;

    protected override async Task<Bite?> CutAsync(NpgsqlConnection session, long rows, CancellationToken cancellationToken)
    {
        if (_through)
            return null;
        var column = leaf.Column();
        var lower = _from is null ? "" : $"{column} >= {_from} and ";
        var end = await InstantAsync(session, $"{lower}{column} < {leaf.Limit}", rows, cancellationToken);
        if (end is null)
        {
            _through = true;
            return new Bite($"{lower}{column} < {leaf.Limit}");
        }
        if (end != _from)
        {
            _from = end;
            return new Bite($"{lower}{column} < {end}");
        }
        // More rows than a bite share this one instant: they are taken some at a time.
        var next = await InstantAsync(session, $"{column} > {_from} and {column} < {leaf.Limit}", 0, cancellationToken);
        var same = new Bite($"{column} = {_from}", Limit: rows);
        _through = next is null;
        _from = next;
        return same;
    }

    // The instant that stands `offset` index entries behind the condition's first, as a typed literal.
    private async Task<string?> InstantAsync(NpgsqlConnection session, string condition, long offset, CancellationToken cancellationToken)
    {
        var column = leaf.Column();
        return await session.ScalarAsync<string>(
            $"select quote_literal({column}::text) || '::' || pg_typeof({column}) from {leaf.From()} where {condition} order by {column} offset {offset} limit 1",
            cancellationToken);
    }
}

/// <summary>Page by page. What grows at the end meanwhile is read too; rows that move to earlier pages are found by the next pass.</summary>
internal sealed class PageBites(LeafSurvey leaf) : BiteSource
{
    private const int TidRangeScans = 140000;

    // More line pointers than a page of the default size can hold.
    private const int PointersPerPage = 300;

    private long _next;
    private long _pages;

    protected override async Task<Bite?> CutAsync(NpgsqlConnection session, long rows, CancellationToken cancellationToken)
    {
        if (_next >= _pages)
        {
            _pages = await session.ScalarAsync<long>(
                "select pg_relation_size($1::int8::oid) / current_setting('block_size')::int8", cancellationToken, leaf.Oid);
        }
        if (_next >= _pages)
            return null;
        var perPage = Math.Max(1, leaf.Total / Math.Max(1, _pages));
        var from = _next;
        _next = Math.Min(_pages, from + Math.Max(1, rows / perPage));
        var ctid = leaf.Ctid();
        return new Bite(session.PostgreSqlVersion.Major * 10000 >= TidRangeScans
            ? string.Create(CultureInfo.InvariantCulture, $"{ctid} >= '({from},0)' and {ctid} < '({_next},0)'")
            : string.Create(CultureInfo.InvariantCulture,
                $"{ctid} = any(array(select format('(%s,%s)', page, pointer)::tid from generate_series({from}, {_next - 1}) page, generate_series(1, {PointersPerPage}) pointer))"));
    }
}

/// <summary>Learns how many rows fit into the time that a bite should take.</summary>
internal sealed class BiteSizer(long first)
{
    private const long Smallest = 20;
    private const long Largest = 100_000;

    public long Rows { get; private set; } = first;

    /// <summary>At most doubled or halved at once: one slow bite is no law.</summary>
    public void Observe(TimeSpan took, TimeSpan target)
    {
        var factor = Math.Clamp(target.TotalMilliseconds / Math.Max(0.05, took.TotalMilliseconds), 0.5, 2);
        Rows = Math.Clamp((long)(Rows * factor), Smallest, Largest);
    }

    public void Halve() => Rows = Math.Max(Smallest, Rows / 2);
}
