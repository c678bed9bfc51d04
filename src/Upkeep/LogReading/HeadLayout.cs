namespace Upkeep.LogReading;

/// <summary>How the lines of one file begin, learned from its first lines: which fields are time, level and origin, and where the message begins.</summary>
internal sealed record HeadLayout
{
    /// <summary>Number of fields before the message.</summary>
    public int Fields { get; init; }
    /// <summary>The field that names the level, or -1.</summary>
    public int LevelField { get; init; } = -1;
    /// <summary>The first and last field of the time, or -1.</summary>
    public int TimeFrom { get; init; } = -1;
    public int TimeTo { get; init; } = -1;
    /// <summary>Whether the message may be preceded by its origin and a colon: <c>sshd[812]:</c>.</summary>
    public bool HasTag { get; init; }
    /// <summary>Whether a dash alone stands before the message, at most a few fields on.</summary>
    public bool HasDash { get; init; }
    /// <summary>Number of bars before the message, in files whose fields stand between bars.</summary>
    public int Bars { get; init; }

    private const int FieldsBeforeDash = 4;

    /// <summary>Where the parts of a line stand.</summary>
    /// <returns>False where the line is too short for the layout.</returns>
    public bool TrySplit(ReadOnlySpan<byte> line, out HeadSplit split)
    {
        split = default;
        if (Bars > 0)
            return TrySplitAtBars(line, out split);
        var at = 0;
        for (var number = 0; number < Fields; number++)
        {
            if (!Field.TryNext(line, at, out var field))
                return false;
            if (number == TimeFrom)
                split.Time = field;
            if (number == TimeTo)
                split.Time = new Field(split.Time.Start, field.End);
            if (number == LevelField)
                split.Level = field;
            at = field.End;
        }
        if (HasTag && Field.TryNext(line, at, out var tag) && line[tag.End - 1] == ':' && tag.End < line.Length)
            at = tag.End;
        if (HasDash)
            at = PastDash(line, at);
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
            at++;
        split.Message = at;
        return true;
    }

    private static int PastDash(ReadOnlySpan<byte> line, int start)
    {
        var at = start;
        for (var number = 0; number < FieldsBeforeDash && Field.TryNext(line, at, out var field); number++)
        {
            at = field.End;
            if (field.End - field.Start == 1 && line[field.Start] == '-')
                return at;
        }
        return start;
    }

    private bool TrySplitAtBars(ReadOnlySpan<byte> line, out HeadSplit split)
    {
        split = default;
        var at = 0;
        for (var number = 0; number < Bars; number++)
        {
            var bar = line[at..].IndexOf((byte)'|');
            if (bar < 0)
                return false;
            var field = new Field(at, at + bar);
            if (number == TimeFrom)
                split.Time = field;
            if (number == LevelField)
                split.Level = field;
            at += bar + 1;
        }
        split.Message = at;
        return true;
    }
}

/// <summary>Where the parts of a line stand; a part that is not there is empty.</summary>
internal record struct HeadSplit(Field Time, Field Level, int Message);
