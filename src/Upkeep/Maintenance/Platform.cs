using Upkeep.Configuration;
using Upkeep.Journal;
using Upkeep.Running;

namespace Upkeep.Maintenance;

/// <summary>The platform to maintain, as its configuration has it.</summary>
/// <param name="ConfigurationSha256">Digest of the file that the configuration was read from.</param>
/// <param name="Steps">Every step there is, in the order of a run.</param>
public sealed record Platform(UpkeepConfiguration Configuration, string ConfigurationSha256, Doors Doors, IReadOnlyList<Step> Steps)
{
    /// <summary>The journal beside the runs' folders.</summary>
    public string JournalPath => JournalPathOf(Configuration);

    public static string JournalPathOf(UpkeepConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Path.Combine(configuration.Root, "journal.db");
    }

    public JournalFile OpenJournal() => JournalFile.Open(JournalPath, Doors.Redactor, Doors.Time);
}
