using Upkeep.Configuration;

namespace Upkeep.Planning;

/// <summary>All that a plan is made from.</summary>
public sealed record PlanRequest
{
    /// <summary>Every step there is, in the order of a run.</summary>
    public required IReadOnlyList<StepDefinition> Steps { get; init; }

    /// <summary>What the configuration says of steps, by id.</summary>
    public IReadOnlyDictionary<string, StepSettings> Settings { get; init; } = new Dictionary<string, StepSettings>();

    /// <summary>Holds no id that is unknown (<see cref="StepSelection.Unknown"/>).</summary>
    public StepSelection Selection { get; init; } = StepSelection.All;

    /// <summary>False waives the rule that no change step runs without a backup of this run.</summary>
    public bool BackupRequired { get; init; } = true;

    /// <summary>What earlier runs tell, by step id.</summary>
    public IReadOnlyDictionary<string, StepPast> Past { get; init; } = new Dictionary<string, StepPast>();

    /// <summary>How much work there is now, by step id, in the unit of the step's <see cref="StepDefinition.WorkMeasure"/>; where it is known.</summary>
    public IReadOnlyDictionary<string, double> Work { get; init; } = new Dictionary<string, double>();

    /// <summary>Steps that are known to have nothing to do now, with how long it took to see that.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Idle { get; init; } = new Dictionary<string, TimeSpan>();

    public required DateTimeOffset Now { get; init; }

    /// <summary>The window to fit into, open or still to come; null for a run outside any, which has no limit.</summary>
    public MaintenanceWindow? Window { get; init; }

    /// <summary>Kept free at the window's end for verification, report and rollback.</summary>
    public TimeSpan Reserve { get; init; }

    /// <summary>A request with what the configuration decides.</summary>
    public static PlanRequest From(UpkeepConfiguration configuration, IReadOnlyList<StepDefinition> steps, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new PlanRequest
        {
            Steps = steps, Now = now, Settings = configuration.Steps, BackupRequired = configuration.Backup.Required, Reserve = configuration.Window.Reserve,
        };
    }

    internal StepPast PastOf(string id) => Past.GetValueOrDefault(id, StepPast.None);
}
