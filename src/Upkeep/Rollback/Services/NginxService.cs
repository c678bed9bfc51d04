using System.Globalization;
using System.Text.RegularExpressions;
using Upkeep.Configuration;
using Upkeep.Processes;
using Upkeep.Running;

namespace Upkeep.Rollback.Services;

/// <summary>An nginx that nobody keeps: told through its own program, found by its pid file. One that systemd keeps is a unit of systemd.</summary>
internal sealed partial class NginxService(ServiceSettings settings, ServicePrograms programs) : Service(settings.Name, programs)
{
    private readonly string _nginx = settings.Program ?? "nginx";
    private readonly string[] _configuration = settings.Configuration is { } file ? ["-c", file] : [];

    public override string Keeper => "nginx";

    private protected override string LookHint => $"Look into its error log, and try: {string.Join(' ', [_nginx, .. _configuration, "-t"])}";

    public override async Task<ServiceState> StateAsync(CancellationToken cancellationToken)
    {
        var (file, unknown) = await PidFileAsync(cancellationToken);
        if (file is null)
            return unknown!;
        // A test of the configuration leaves an empty one, a crash an old one: then the number may be another program's by now.
        if (!int.TryParse(await ReadAsync(file, cancellationToken), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || ProcessIdentity.Of(id) is null
            || !(await ReadAsync($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/comm", cancellationToken)).StartsWith("nginx", StringComparison.Ordinal))
            return ServiceState.Stopped($"no nginx runs that {file} speaks of");
        return ServiceState.Running(string.Create(CultureInfo.InvariantCulture, $"nginx runs as process {id}"));
    }

    // Quit lets requests that are under way end; stop would cut them off.
    private protected override Task<Problem?> TellToStopAsync(CancellationToken cancellationToken) =>
        Programs.DoAsync(_nginx, [.. _configuration, "-s", "quit"], LookHint, cancellationToken);

    private protected override async Task<Problem?> TellToStartAsync(CancellationToken cancellationToken) =>
        await Programs.DoAsync(_nginx, [.. _configuration, "-t", "-q"], "Mend nginx's configuration, then start it again.", cancellationToken)
        ?? await Programs.DoAsync(_nginx, _configuration, LookHint, cancellationToken);

    private async Task<(string? File, ServiceState? Unknown)> PidFileAsync(CancellationToken cancellationToken)
    {
        var (dump, problem) = await Programs.AskAsync(_nginx, [.. _configuration, "-T"], cancellationToken);
        if (dump is null)
            return (null, ServiceState.Unknown(problem!.What, problem.Hint!));
        if (dump.ExitCode != 0)
            return (null, ServiceState.Unknown($"nginx can't read its configuration{ServicePrograms.Said(dump)}", $"Mend it: {string.Join(' ', [_nginx, .. _configuration, "-t"])}"));
        var (version, _) = await Programs.AskAsync(_nginx, ["-V"], cancellationToken);
        var built = BuiltIn().Matches(version?.Error ?? "").ToDictionary(match => match.Groups["name"].Value, match => match.Groups["path"].Value);
        var file = PidDirective().Match(dump.Output) is { Success: true } named ? named.Groups["path"].Value : built.GetValueOrDefault("pid-path", "logs/nginx.pid");
        return (Path.Combine(built.GetValueOrDefault("prefix", "/usr/local/nginx"), file), null);
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
        }
        catch (IOException)
        {
            // It isn't there, or its process ended while it was read.
            return "";
        }
    }

    [GeneratedRegex(@"^\s*pid\s+[""']?(?<path>[^;""']+?)[""']?\s*;", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PidDirective();

    [GeneratedRegex(@"--(?<name>pid-path|prefix)=(?<path>\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex BuiltIn();
}
