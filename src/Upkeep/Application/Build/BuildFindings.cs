using System.Globalization;
using Upkeep.Configuration;
using Upkeep.Journal;

namespace Upkeep.Application.Build;

/// <summary>What a reader should know of what was built.</summary>
internal static class BuildFindings
{
    public static IEnumerable<Finding> Of(BuildSurvey survey, BuildSettings settings, BuildSurvey? last)
    {
        if (survey.Assets.Count == 0)
        {
            yield return new Finding(Severity.Info, "build-size" + Finding.NotCheckedSuffix, $"Not checked: what the build weighs, because it wrote nothing into {string.Join(", ", settings.Outputs)}.", null, "Name the folders that it writes under application: build: outputs.");
            yield break;
        }
        foreach (var budget in settings.Budgets)
        {
            var assets = survey.Assets.Where(asset => NamePattern.Matches(budget.Assets, asset.Name)).ToList();
            if (assets.Count == 0)
                yield return new Finding(Severity.Warning, "budget" + Finding.NotCheckedSuffix, $"Not checked: the budget of {budget.Assets}, because no asset has such a name.", budget.Assets, $"Names are without content hashes, for example {survey.Assets[0].Name}.");
            foreach (var (most, takes, how) in new[] { (budget.Raw, assets.Sum(one => one.Raw), "as they are"), (budget.Gzip, assets.Sum(one => one.Gzip), "with gzip"), (budget.Brotli, assets.Sum(one => one.Brotli), "with brotli") })
            {
                if (most is { } limit && takes > limit)
                    yield return new Finding(Severity.Warning, "budget-exceeded", $"{budget.Assets} take {Amount.Bytes(takes)} {how}, over their budget of {Amount.Bytes(limit)}.", budget.Assets, "Look at what was added since last week, in application/assets.csv.");
            }
        }
        if (last is { Assets.Count: > 0 } && survey.Total.Brotli > last.Total.Brotli * (1 + settings.GrowthShare))
        {
            var grown = survey.Assets.Select(asset => (asset.Name, By: asset.Brotli - (last.Assets.FirstOrDefault(one => one.Name == asset.Name)?.Brotli ?? 0))).MaxBy(one => one.By);
            yield return new Finding(Severity.Warning, "build-grew", string.Create(CultureInfo.InvariantCulture,
                $"What is served grew from {Amount.Bytes(last.Total.Brotli)} to {Amount.Bytes(survey.Total.Brotli)} with brotli since last week, by {(double)survey.Total.Brotli / last.Total.Brotli - 1:P0}; most of it in {grown.Name} ({Amount.Bytes(grown.By)})."), grown.Name, "Was a package added, or one loaded that used to be loaded later?");
        }
    }
}
