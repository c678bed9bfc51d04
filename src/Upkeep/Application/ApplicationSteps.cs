using Upkeep.Application.Checks;
using Upkeep.Application.Commands;
using Upkeep.Application.Copies;
using Upkeep.Processes;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Application;

/// <summary>The steps that look after the platform's own source, in the order of a run.</summary>
public static class ApplicationSteps
{
    public static IReadOnlyList<Step> Create(Workbench bench, ProgramDoor programs, Redactor redactor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(bench);
        var runner = new CommandRunner(programs, bench.Settings, bench.Folder, redactor, time);
        var commands = new ProjectCommands(bench, runner, new PackageStore(bench, runner, programs, time), redactor);
        return
        [
            new CommandStep(CheckKind.Typecheck, commands),
            new CommandStep(CheckKind.Lint, commands),
            new CommandStep(CheckKind.Tests, commands),
        ];
    }
}
