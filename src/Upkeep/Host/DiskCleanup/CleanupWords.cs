using System.Globalization;
using Upkeep.Configuration;

namespace Upkeep.Host.DiskCleanup;

/// <summary>A clean-up in a sentence.</summary>
internal static class CleanupWords
{
    private const int MostNamed = 3;

    public static bool IsDue(CleanupSurvey survey) => survey.Folders.Any(look => look.Files + look.EmptyFolders > 0) || survey.Packages is { IsDue: true } || survey.Images is { IsDue: true };

    public static string Plan(CleanupSurvey survey)
    {
        var parts = survey.Folders.Where(look => look.Files + look.EmptyFolders > 0).Select(Plan)
            .Concat(new[] { survey.Packages, survey.Images }.Where(cache => cache is { IsDue: true }).Select(cache => $"{cache!.What}{(cache.Bytes is { } bytes ? $" ({Amount.Bytes(bytes)})" : "")} by {string.Join(' ', cache.Command)}"));
        return $"remove {string.Join("; ", parts)}";
    }

    public static string Nothing(CleanupSurvey survey)
    {
        var looked = survey.Folders.Where(look => look.Problem is null).ToList();
        var satisfied = looked.Where(look => look.Rule.KeepFree is { } free && look.FreeBytes >= free).ToList();
        return satisfied.Count > 0 && satisfied.Count == looked.Count
            ? $"enough is free: {string.Join(", ", satisfied.Select(look => $"{Amount.Bytes(look.FreeBytes)} on {look.Mount} of {Amount.Bytes(look.Rule.KeepFree!.Value)} wanted").Distinct())}"
            : $"nothing in {Counted.Of(looked.Count, "folder")} is old enough and free to go";
    }

    public static string Done(CleanupEffect effect)
    {
        var files = effect.Folders.Sum(folder => folder.Files);
        var folders = effect.Folders.Sum(folder => folder.EmptyFolders);
        var caches = effect.Caches.Where(cache => cache.Problem is null).Select(cache => $"cleaned {cache.What}");
        return string.Join("; ", new[] { $"removed {Counted.Of(files, "file")} ({Amount.Bytes(effect.Folders.Sum(folder => folder.Bytes))}){(folders > 0 ? $" and {Counted.Of(folders, "empty folder")}" : "")}" }.Concat(caches));
    }

    public static string Freed(CleanupEffect effect) =>
        string.Join(", ", effect.Disks.Select(disk => $"{disk.Mount} has {Amount.Bytes(disk.FreeAfter)} free, {Amount.Bytes(Math.Abs(disk.FreeAfter - disk.FreeBefore))} {(disk.FreeAfter >= disk.FreeBefore ? "more" : "less")} than before"));

    /// <summary>What a rule is about: its folder, with the pattern where that isn't everything.</summary>
    public static string Subject(CleanupRuleSettings rule) => rule.Pattern == "*" ? rule.Folder : Path.Combine(rule.Folder, rule.Pattern);

    private static string Plan(FolderLook look)
    {
        var named = string.Join(", ", look.Oldest.Take(MostNamed).Select(file => string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(look.Rule.Folder, file.Path)} ({Amount.Bytes(file.Bytes)}, last used {file.LastUsed:yyyy-MM-dd})")));
        var folders = look.EmptyFolders > 0 ? $" and {Counted.Of(look.EmptyFolders, "empty folder")}" : "";
        return $"{Counted.Of(look.Files, "file")} ({Amount.Bytes(look.Bytes)}){folders} in {Subject(look.Rule)}{(named.Length == 0 ? "" : $": {named}{(look.Files > Math.Min(MostNamed, look.Oldest.Count) ? ", …" : "")}")}";
    }
}
