using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Redaction;

namespace Upkeep.Cli;

/// <summary>What a verb that works on the platform needs: the configuration, the doors made from it, and the steps.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private Composition(Platform platform)
    {
        Platform = platform;
    }

    public Platform Platform { get; }

    /// <summary>Composes from the configuration that the verb names; from here on the output masks its secrets.</summary>
    /// <exception cref="CommandException">There is no file (exit status 2).</exception>
    /// <exception cref="InvalidConfigurationException">The file has problems (exit status 2).</exception>
    public static Composition Load(VerbContext context)
    {
        var (loaded, configuration) = PlatformConfiguration.Load(context);
        return Of(configuration, loaded.Sha256, loaded.Redactor, context);
    }

    /// <summary>Composes from a configuration in memory.</summary>
    public static Composition Of(UpkeepConfiguration configuration, string sha256, Redactor redactor, VerbContext context)
    {
        context.Output.Redactor = redactor;
        var doors = Doors.Open(configuration, redactor, context.Time, context.Output.Loggers());
        return new Composition(new Platform(configuration, sha256, doors, StepCatalogue.Create(configuration, doors)));
    }

    public ValueTask DisposeAsync() => Platform.Doors.DisposeAsync();
}
