using Upkeep.Configuration;

namespace Upkeep.Logs.Rotation;

/// <summary>What every note of an unfinished rotation says.</summary>
internal interface IRotationIntent
{
    /// <summary>The log.</summary>
    string Path { get; }

    string Archive { get; }

    /// <summary>The copy, until it has the archive's name.</summary>
    string Part { get; }

    /// <summary>The note itself.</summary>
    string File { get; }

    DateTimeOffset At { get; }

    ArchiveCompression Compression { get; }

    /// <summary>Whether what else it says can be, whoever wrote it.</summary>
    bool IsSound { get; }
}
