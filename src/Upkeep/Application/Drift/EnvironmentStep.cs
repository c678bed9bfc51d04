using Upkeep.Application.Copies;
using Upkeep.Files;
using Upkeep.Journal;
using Upkeep.Planning;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application.Drift;

/// <summary>Whether the platform's environment is what its code needs. Values are looked at and never told.</summary>
public sealed class EnvironmentStep : InspectStep<DriftSurvey>
{
    private readonly Workbench _bench;
    private readonly ProgramDoor _programs;
    private readonly Redactor _redactor;

    internal EnvironmentStep(Workbench bench, ProgramDoor programs, Redactor redactor)
    {
        _bench = bench;
        _programs = programs;
        _redactor = redactor;
    }

    public override StepDefinition Definition { get; } = new()
    {
        Id = "application.environment", Title = "Environment of the application", Kind = StepKind.Inspect, Priority = 6, Deadline = TimeSpan.FromMinutes(10),
    };

    public override async Task<Check<DriftSurvey>> CheckAsync(StepContext context, CancellationToken cancellationToken)
    {
        var settings = _bench.Settings;
        if (ApplicationFolder.Missing(settings) is { } missing)
            return Check.Skipped<DriftSurvey>(missing.What, missing.Hint);
        var code = new CodeKeys(settings);
        var needed = code.In(settings.Folder!);
        var names = needed.Select(key => key.Name).Concat(settings.Environment.Keys.Select(key => key.Name)).ToHashSet(StringComparer.Ordinal);
        var survey = new DriftSurvey(needed, await new EnvironmentPlaces(settings, _programs, names).LookAsync(settings.Folder!, cancellationToken));
        if (code.Unreadable.Count > 0)
            context.Raise(Severity.Info, "environment-code" + Finding.NotCheckedSuffix, $"Not checked: which keys {Counted.Of(code.Unreadable.Count, "file")} of the source need, because they can't be read, {code.Unreadable[0]} first.", settings.Folder);
        context.Raise(DriftFindings.Of(survey, settings.Environment));
        if (survey.Places.Count == 0)
        {
            return Check.Skipped<DriftSurvey>($"{Counted.Of(survey.Needed.Count, "key")} of the environment are needed, and where they are set isn't known: {settings.Folder} has no .env, and nothing is configured",
                "Name files, units or pidFiles under application: environment.");
        }
        if (survey.Places.All(place => place.Problem is not null))
            return Check.Skipped<DriftSurvey>($"{survey.Places[0].Name}: {survey.Places[0].Problem}", "See the findings of this step.");
        var present = survey.Places.SelectMany(place => place.Keys).Select(key => key.Name).ToHashSet(StringComparer.Ordinal);
        var unset = survey.Needed.Count(key => !present.Contains(key.Name));
        context.Before("keys_needed", survey.Needed.Count, "count");
        context.Before("keys_unset", unset, "count");
        context.Before("keys_faulty", survey.Places.SelectMany(place => place.Keys).Count(key => key.Fault != ValueFault.None && survey.Needed.Any(one => one.Name == key.Name)), "count");
        await context.WriteCsvAsync("application/environment.csv", Table(survey), _redactor, cancellationToken);
        return Check.Looked(survey, $"{Counted.Of(survey.Needed.Count, "key")} needed, {unset} of them set nowhere; looked at {string.Join(", ", survey.Places.Where(place => place.Problem is null).Select(place => place.Name))}");
    }

    private static Csv Table(DriftSurvey survey)
    {
        var table = new Csv("key", "needed_by", "in_code", "has_default", "set_in", "fault");
        foreach (var key in survey.Needed)
        {
            var at = survey.Places.SelectMany(place => place.Keys.Where(one => one.Name == key.Name).Select(one => (place.Name, one.Fault))).ToList();
            table.Row(key.Name, key.Where, key.InCode, key.HasDefault, string.Join(", ", at.Select(one => one.Name).Distinct()), at.FirstOrDefault(one => one.Fault != ValueFault.None).Fault.ToString().ToLowerInvariant());
        }
        return table;
    }
}
