using System.Collections;
using Upkeep.Configuration;

namespace Upkeep.Application.Commands;

/// <summary>
/// What a project's command is told: what programs need to run here, and nothing that upkeep itself knows. Its DATABASE_URL is production's: a test suite that
/// finds it may well empty it.
/// </summary>
internal static class CommandEnvironment
{
    private static readonly string[] _needed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*", "TZ", "npm_config_*", "NPM_CONFIG_*", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT", "NUGET_PACKAGES",
    ];

    /// <param name="work">The work folder, where caches are.</param>
    /// <param name="temporary">Where temporary files go.</param>
    public static Dictionary<string, string?> Of(ApplicationSettings settings, string work, string temporary)
    {
        var told = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => ((string)variable.Key, (string?)variable.Value))
            .Where(variable => NamePattern.MatchesAny(_needed, variable.Item1) || NamePattern.MatchesAny(settings.Pass, variable.Item1))
            .ToDictionary(variable => variable.Item1, variable => variable.Item2, StringComparer.Ordinal);
        foreach (var (name, value) in new Dictionary<string, string?>
        {
            ["CI"] = "true", ["NO_COLOR"] = "1", ["TMPDIR"] = temporary, ["npm_config_cache"] = Path.Combine(work, "npm"), ["npm_config_update_notifier"] = "false",
            // Its logs hold the registry's address, with whatever stands in it.
            ["npm_config_logs_max"] = "0",
            // A registry that doesn't answer must not hold the window up.
            ["npm_config_fetch_retries"] = "1", ["npm_config_fetch_retry_maxtimeout"] = "2000", ["npm_config_fetch_retry_mintimeout"] = "1000",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        })
            told[name] = value;
        return told;
    }
}
