using Upkeep.Application.Checks;
using Upkeep.Configuration;
using Upkeep.Files;
using Upkeep.Planning;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Build;

/// <summary>Builds for production, and weighs what came out.</summary>
public sealed class BuildStep : InspectStep<BuildSurvey>
{
    // A year of weeks.
    private const int MostPoints = 52;

    private readonly ProjectCommands _commands;
    private readonly BuildSettings _settings;
    private readonly Func<BuildPast> _past;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;

    internal BuildStep(ProjectCommands commands, BuildSettings settings, Func<BuildPast> past, Redactor redactor, TimeProvider time)
    {
        _commands = commands;
        _settings = settings;
        _past = past;
        _redactor = redactor;
        _time = time;
    }

    public override StepDefinition Definition { get; } = new()
    {
        Id = CheckKind.Build.Id, Title = CheckKind.Build.Title, Kind = StepKind.Inspect, Priority = 7, Deadline = TimeSpan.FromHours(1),
    };

    public override async Task<Check<BuildSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var assets = new List<Asset>();
        var output = new BuildOutput(_settings);
        var outcome = await _commands.RunAsync(CheckKind.Build, context,
            (command, workspace) => output.Before(Path.GetFullPath(command.Folder, workspace.Source)),
            async (command, workspace) => assets.AddRange(await output.AfterAsync(Path.GetFullPath(command.Folder, workspace.Source), cancellationToken)), cancellationToken);
        var survey = new BuildSurvey(outcome.Runs, BuildOutput.Together(assets));
        if (outcome.Skip is { } skip)
            return Check.Skipped<BuildSurvey>(skip.What, skip.Hint);
        if (outcome.Failed is { } failed)
            return Check.Failed(survey, failed.What, failed.Hint);
        if (survey.Runs.Count == 0)
            return Check.Looked(survey, outcome.Summary);
        var past = _past();
        context.Raise(BuildFindings.Of(survey, _settings, past.Last));
        if (survey.Assets.Count == 0)
            return Check.Looked(survey, outcome.Summary);
        Measure(context, survey, past);
        await context.WriteCsvAsync("application/assets.csv", Table(survey, past.Last), _redactor, cancellationToken);
        var total = survey.Total;
        return Check.Looked(survey, $"{outcome.Summary}; {Counted.Of(total.Files, "asset")}, {Amount.Bytes(total.Raw)}, {Amount.Bytes(total.Gzip)} with gzip, {Amount.Bytes(total.Brotli)} with brotli{Moved(total, past.Last?.Total)}");
    }

    private void Measure(StepContext context, BuildSurvey survey, BuildPast past)
    {
        foreach (var asset in survey.Assets.Prepend(survey.Total))
        {
            var last = asset.Name == survey.Total.Name ? past.Last?.Total : past.Last?.Assets.FirstOrDefault(one => one.Name == asset.Name);
            foreach (var (name, bytes, before) in new[] { ("asset_brotli", asset.Brotli, last?.Brotli), ("asset_gzip", asset.Gzip, last?.Gzip), ("asset_raw", asset.Raw, last?.Raw) })
            {
                if (before is { } was)
                    context.Before(name, was, "bytes", asset.Name);
                context.After(name, bytes, "bytes", asset.Name);
            }
        }
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var (what, bytes) in new[] { ("brotli", survey.Total.Brotli), ("gzip", survey.Total.Gzip) })
            context.BeforeSeries("build_size", "bytes", what, [.. past.Sizes.Where(point => point.What == what && point.At < now).OrderBy(point => point.At).TakeLast(MostPoints - 1).Select(point => (point.At, point.Bytes)), (now, bytes)]);
    }

    private static Csv Table(BuildSurvey survey, BuildSurvey? last)
    {
        var table = new Csv("asset", "files", "raw", "gzip", "brotli", "brotli_last_week");
        foreach (var asset in survey.Assets)
            table.Row(asset.Name, asset.Files, asset.Raw, asset.Gzip, asset.Brotli, last?.Assets.FirstOrDefault(one => one.Name == asset.Name)?.Brotli);
        foreach (var gone in last?.Assets.Where(asset => survey.Assets.All(one => one.Name != asset.Name)) ?? [])
            table.Row(gone.Name, 0, 0, 0, 0, gone.Brotli);
        return table;
    }

    private static string Moved(Asset now, Asset? last) => last is null ? "" : (now.Brotli - last.Brotli) switch
    {
        0 => ", as last week",
        < 0 and var less => $", {Amount.Bytes(-less)} less than last week",
        var more => $", {Amount.Bytes(more)} more than last week",
    };
}
