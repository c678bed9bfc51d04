using Upkeep.Configuration;
using Upkeep.Maintenance;

namespace Upkeep.Cli;

/// <summary>Finds and reads the configuration that a verb works with.</summary>
internal static class PlatformConfiguration
{
    /// <summary>The configuration; from here on the output masks its secrets.</summary>
    /// <exception cref="CommandException">There is no file (exit status 2).</exception>
    /// <exception cref="InvalidConfigurationException">The file has problems (exit status 2).</exception>
    public static (LoadedConfiguration Loaded, UpkeepConfiguration Configuration) Load(VerbContext context)
    {
        var loaded = new ConfigurationLoader(StepIds.All).Load(ConfigurationFile.Find(context.ConfigPath));
        context.Output.Redactor = loaded.Redactor;
        return loaded.IsValid ? (loaded, loaded.Configuration) : throw new InvalidConfigurationException(loaded.Problems);
    }
}

/// <summary>The configuration has problems: all of them are told, and the program ends with status 2.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception($"The configuration has {(problems.Count == 1 ? "a problem" : $"{problems.Count} problems")}.")
{
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}
