namespace Upkeep.Reports;

/// <summary>Figures of one step: a row per subject, a column per measure.</summary>
/// <param name="Rows">At most <see cref="MostRows"/>, the largest first.</param>
/// <param name="Left">How many subjects are left out; run.json has them all.</param>
public sealed record MeasureTable(IReadOnlyList<MeasureColumn> Columns, IReadOnlyList<MeasureRow> Rows, int Left)
{
    /// <summary>More rows are not read by anybody.</summary>
    public const int MostRows = 40;

    /// <summary>Figures of the whole platform first, then those per subject; subjects measured alike share a table.</summary>
    public static IReadOnlyList<MeasureTable> Of(StepDocument step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var bySubject = step.Measures.GroupBy(measure => measure.Subject).Select(group => (Subject: group.Key, Measures: group.ToList()));
        return
        [
            .. bySubject.GroupBy(subject => (Whole: subject.Subject is null, Shape: string.Join('\n', subject.Measures.Select(measure => measure.Name + ' ' + measure.Unit).Order(StringComparer.Ordinal))))
                .OrderByDescending(shape => shape.Key.Whole)
                .Select(shape => Table([.. shape])),
        ];
    }

    /// <summary>True where the table holds the platform's own figures rather than a row per subject.</summary>
    public bool IsWhole => Rows.Count == 1 && Rows[0].Subject is null;

    private static MeasureTable Table(IReadOnlyList<(string? Subject, List<MeasureDocument> Measures)> subjects)
    {
        var columns = subjects[0].Measures.Select(measure => new MeasureColumn(measure.Name, measure.Unit,
            subjects.Any(subject => subject.Measures.Any(other => other.Name == measure.Name && other.Unit == measure.Unit && other is { Before: not null, After: not null })))).ToList();
        var rows = subjects
            .Select(subject => new MeasureRow(subject.Subject, [.. columns.Select(column => subject.Measures.First(measure => measure.Name == column.Name && measure.Unit == column.Unit))]))
            .OrderByDescending(row => row.Cells.Max(cell => Math.Max(cell.Before ?? 0, cell.After ?? 0)))
            .ToList();
        return new MeasureTable(columns, [.. rows.Take(MostRows)], Math.Max(0, rows.Count - MostRows));
    }
}

/// <param name="Compares">True where before and after are both known for some subject.</param>
public sealed record MeasureColumn(string Name, string Unit, bool Compares);

/// <param name="Cells">One per column, in order.</param>
public sealed record MeasureRow(string? Subject, IReadOnlyList<MeasureDocument> Cells);
