using Upkeep.Application.Audit;
using Upkeep.Application.Build;
using Upkeep.Application.Checks;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Application.Dependencies;
using Upkeep.Application.Drift;
using Upkeep.Http;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application;

/// <summary>What earlier runs tell of the application, asked for when it is needed.</summary>
public sealed record ApplicationPast(Func<BuildPast> Builds);

/// <summary>The steps that look after the platform's own source, in the order of a run.</summary>
public static class ApplicationSteps
{
    public static IReadOnlyList<Step> Create(Workbench bench, ProgramDoor programs, HttpDoor http, ApplicationPast past, Redactor redactor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(bench);
        ArgumentNullException.ThrowIfNull(past);
        var runner = new CommandRunner(programs, bench.Settings, bench.Folder, redactor, time);
        var packages = new PackageStore(bench, runner, programs, time);
        var commands = new ProjectCommands(bench, runner, packages, redactor);
        return
        [
            new DependenciesStep(bench, runner, packages, redactor, time),
            new SecurityAuditStep(bench, runner, http, redactor),
            new CommandStep(CheckKind.Typecheck, commands),
            new CommandStep(CheckKind.Lint, commands),
            new CommandStep(CheckKind.Tests, commands),
            new BuildStep(commands, bench.Settings.Build, past.Builds, redactor, time),
            new EnvironmentStep(bench, programs, redactor),
        ];
    }
}
