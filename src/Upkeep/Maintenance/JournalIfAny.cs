using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Maintenance;

/// <summary>Reads the journal of a platform that may have none: to open one that isn't there would make it.</summary>
internal static class JournalIfAny
{
    /// <param name="none">The answer where there is no journal.</param>
    public static T Read<T>(UpkeepConfiguration configuration, Doors doors, T none, Func<JournalFile, T> read)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(doors);
        var path = Platform.JournalPathOf(configuration);
        if (!File.Exists(path))
            return none;
        using var journal = JournalFile.Open(path, doors.Redactor, doors.Time);
        return read(journal);
    }
}
