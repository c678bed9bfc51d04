using System.Text.Json.Serialization;

namespace Upkeep.Preparation.Readiness;

/// <summary>How a condition came out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict { Go, NoGo, NotChecked }

/// <summary>One condition of the go or no-go.</summary>
/// <param name="Name">kebab-case, for example <c>long-transactions</c>.</param>
/// <param name="Message">What is, with value and limit.</param>
public sealed record Condition(string Name, Verdict Verdict, string Message, string? Hint = null);

/// <summary>Bytes that the run's own work may take.</summary>
/// <param name="Backup">In the backup folder.</param>
/// <param name="Scratch">Where a copy is restored; 0 where none is.</param>
public sealed record RoomNeeds(long Backup, long Scratch);

/// <summary>Every condition, whatever the others say.</summary>
public sealed record ReadinessSurvey(IReadOnlyList<Condition> Conditions)
{
    [JsonIgnore]
    public IEnumerable<Condition> NoGos => Conditions.Where(condition => condition.Verdict == Verdict.NoGo);
}
