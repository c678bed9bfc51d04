using Upkeep.Journal;

namespace Upkeep.Cli.Output;

/// <summary>Statuses as the JSON contract writes them, and their colours.</summary>
internal static class StatusWord
{
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static string Color(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "green",
        StepStatus.Attention or StepStatus.Deferred => "yellow",
        StepStatus.Failed or StepStatus.Refused => "red",
        _ => "grey",
    };
}
