using System.Globalization;
using System.Text.RegularExpressions;

namespace Upkeep.Logs.Rotation;

/// <summary>What archives are called: the log's name and the day.</summary>
internal static partial class ArchiveName
{
    /// <summary>What an archive's name ends in until the log has let its lines go.</summary>
    public const string Unfinished = ".rotating";

    /// <summary>Removes copies that were being made when a rotation was killed, before anything of the log was touched.</summary>
    public static void Sweep(RotationRequest request)
    {
        var name = Path.GetFileName(request.Path);
        foreach (var part in Directory.EnumerateFiles(request.Folder, "*" + Unfinished))
        {
            var file = Path.GetFileName(part);
            if (file.StartsWith(name, StringComparison.Ordinal) && Ending().IsMatch(file[name.Length..]) && !File.Exists(CollapseIntent.FileOf(part[..^Unfinished.Length])))
                File.Delete(part);
        }
    }

    /// <summary>A name that nothing bears yet: <c>app.log-20261122.zst</c>, then <c>app.log-20261122-2.zst</c>.</summary>
    public static string Free(RotationRequest request, DateTimeOffset at)
    {
        var plain = Path.Combine(request.Folder, $"{Path.GetFileName(request.Path)}-{at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}");
        for (var number = 1; ; number++)
        {
            var name = (number == 1 ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}-{number}")) + LogArchive.Extension(request.Compression);
            if (!File.Exists(name) && !File.Exists(name + Unfinished))
                return name;
        }
    }

    [GeneratedRegex(@"^-\d{8}(-\d+)?\.(zst|gz)\.rotating$", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();
}
