using System.IO.Enumeration;
using System.Text;
using Upkeep.Configuration;
using Upkeep.Files;

namespace Upkeep.Host.DiskCleanup;

/// <summary>Decides which files a rule lets go.</summary>
/// <param name="now">What ages count to.</param>
internal sealed class CleanupJudge(CleanupRuleSettings rule, DateTimeOffset now)
{
    private const int LongestName = 255;

    private readonly long _limit = now.ToUnixTimeSeconds() - (long)rule.UnusedFor.TotalSeconds;
    private readonly bool _any = rule.Pattern == "*";

    public CleanupRuleSettings Rule { get; } = rule;

    /// <summary>The files that stay because they are the newest, by device and inode.</summary>
    public IReadOnlySet<(ulong Device, ulong Inode)> Newest { get; set; } = new HashSet<(ulong, ulong)>();

    /// <summary>Files used after this stay, because removing the others frees enough; null where that doesn't count.</summary>
    public int? NewestBand { get; set; }

    public bool Matches(ReadOnlySpan<byte> name)
    {
        if (_any)
            return true;
        if (name.Length > LongestName)
            return false;
        Span<char> text = stackalloc char[LongestName];
        return FileSystemName.MatchesSimpleExpression(Rule.Pattern, text[..Encoding.UTF8.GetChars(name, text)], ignoreCase: false);
    }

    /// <summary>Whether it hasn't been used for long enough. A time to come counts as just now.</summary>
    public bool IsOld(in EntryFacts facts) => facts.LastUsed <= _limit;

    /// <summary>The same of a folder, which being looked into doesn't make younger.</summary>
    public bool IsOldFolder(in EntryFacts facts) => facts.Modified <= _limit;

    /// <summary>The band of its age: files of one band are of about the same age, and a higher band is older.</summary>
    public int BandOf(in EntryFacts facts) => AgeBands.Of(TimeSpan.FromSeconds(Math.Max(0, now.ToUnixTimeSeconds() - facts.LastUsed)));

    /// <summary>Whether a matching file goes; else why not is counted.</summary>
    public bool Goes(in EntryFacts facts, WalkTally tally)
    {
        if (!IsOld(facts))
        {
            tally.Young++;
            return false;
        }
        if (Newest.Contains((facts.Device, facts.Inode)))
        {
            tally.Newest++;
            return false;
        }
        if (NewestBand is { } band && BandOf(facts) < band)
        {
            tally.NotNeeded++;
            return false;
        }
        return true;
    }
}
