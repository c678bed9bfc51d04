using Upkeep.Configuration;
using Upkeep.Maintenance;
using Upkeep.Redaction;
using Upkeep.Running;

namespace Upkeep.Cli;

/// <summary>What a verb that works on the platform needs: the configuration, the doors made from it, and the steps.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private Composition(UpkeepConfiguration configuration, Doors doors)
    {
        Configuration = configuration;
        Doors = doors;
        Steps = StepCatalogue.Create(configuration, doors);
    }

    public UpkeepConfiguration Configuration { get; }

    public Doors Doors { get; }

    public IReadOnlyList<Step> Steps { get; }

    /// <summary>The journal beside the runs' folders.</summary>
    public string JournalPath => Path.Combine(Configuration.Root, "journal.db");

    /// <summary>Composes from a configuration; from here on the output masks its secrets.</summary>
    public static Composition Of(UpkeepConfiguration configuration, Redactor redactor, VerbContext context)
    {
        context.Output.Redactor = redactor;
        return new Composition(configuration, Doors.Open(configuration, redactor, context.Time));
    }

    public ValueTask DisposeAsync() => Doors.DisposeAsync();
}
