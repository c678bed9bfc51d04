using System.Globalization;
using Upkeep.Processes;

namespace Upkeep.Host.Resources;

/// <summary>What programs tell of the machine: failed units and the clock. None of them needs root.</summary>
public sealed class MachineTools(ProgramDoor programs, TimeProvider time)
{
    private const int NotThere = 127;

    // chronyc(1), tracking as comma-separated values: the fifth is the offset in seconds, the last the leap status.
    private const int ChronyFields = 14;
    private const int ChronyOffset = 4;

    /// <summary>There while systemd is the machine's manager (sd_booted(3)).</summary>
    public string SystemdMark { get; init; } = "/run/systemd/system";
    public string Systemctl { get; init; } = "systemctl";
    public string Timedatectl { get; init; } = "timedatectl";
    public string Chronyc { get; init; } = "chronyc";

    public bool HasSystemd => Directory.Exists(SystemdMark);

    /// <returns>The failed units, or why they can't be told.</returns>
    public async Task<(IReadOnlyList<string>? Units, string? Problem)> FailedUnitsAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var (output, problem) = await AskAsync(Systemctl, ["list-units", "--state=failed", "--plain", "--no-legend", "--no-pager", "--full"], patience, cancellationToken);
        return output is null ? (null, problem)
            : ([.. output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0).Select(words => words[0])], null);
    }

    /// <summary>chrony tells how far the clock is off; systemd only whether it is kept right.</summary>
    public async Task<(ClockState? Clock, string? Problem)> ClockAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var (tracking, problem) = await AskAsync(Chronyc, ["-c", "tracking"], patience, cancellationToken);
        if (tracking is not null && Chrony(tracking) is { } clock)
            return (clock, null);
        var why = problem ?? $"chronyc answered '{tracking!.Trim()}'";
        if (!HasSystemd)
            return (null, $"{why}, and systemd isn't running here");
        var (shown, other) = await AskAsync(Timedatectl, ["show", "--property=NTPSynchronized", "--value"], patience, cancellationToken);
        return shown?.Trim() switch
        {
            "yes" => (new ClockState("timedatectl", true, null), null),
            "no" => (new ClockState("timedatectl", false, null), null),
            _ => (null, $"{why}, and {other ?? $"timedatectl answered '{shown!.Trim()}'"}"),
        };
    }

    private static ClockState? Chrony(string tracking)
    {
        var fields = tracking.Trim().Split(',');
        return fields.Length >= ChronyFields && double.TryParse(fields[ChronyOffset], CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? fields[^1] == "Not synchronised" ? new ClockState("chronyc", false, null) : new ClockState("chronyc", true, TimeSpan.FromSeconds(Math.Abs(seconds))) : null;
    }

    private async Task<(string? Output, string? Problem)> AskAsync(string program, IReadOnlyList<string> arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var name = Path.GetFileName(program);
        try
        {
            var result = await programs.RunAsync(program, arguments, new Dictionary<string, string?> { ["LC_ALL"] = "C", ["SYSTEMD_COLORS"] = "0" }, null, both.Token);
            return result.ExitCode switch
            {
                0 => (result.Output, null),
                NotThere => (null, $"{name} isn't there"),
                _ => (null, result.Told(name) + (result.Error.Length == 0 && result.Output.Trim() is { Length: > 0 } said ? $": {said.Split('\n')[0]}" : "")),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{name} didn't answer within {Amount.Duration(patience)}");
        }
    }
}
