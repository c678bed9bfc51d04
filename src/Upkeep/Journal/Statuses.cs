using System.Text.Json.Serialization;

namespace Upkeep.Journal;

/// <summary>How a run stands; the JSON contract's <c>status</c> of a run.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RunStatus>))]
public enum RunStatus { Running, Succeeded, Attention, Failed, Stopped, Refused, RolledBack }

/// <summary>How a step ended; the JSON contract's <c>status</c> of a step.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<StepStatus>))]
public enum StepStatus { Running, Succeeded, Attention, Failed, Skipped, Deferred, Refused }

/// <summary>Whether what a step did can be taken back.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<UndoState>))]
public enum UndoState
{
    /// <summary>The step changed nothing that could be undone, or its kind of change has no way back (a vacuum).</summary>
    None,

    /// <summary>An undo record stands in the journal.</summary>
    Available,

    /// <summary>The undo was carried out and verified.</summary>
    Applied,

    /// <summary>Nothing was changed: there was nothing to do.</summary>
    NotNeeded,
}

/// <summary>How much a finding matters: <c>Warning</c> and above need a person (exit status 3).</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Severity>))]
public enum Severity { Info, Warning, Critical }

/// <summary>Which look a measure comes from: before the act, or after it.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Look>))]
public enum Look { Before, After }

internal sealed class KebabCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(System.Text.Json.JsonNamingPolicy.KebabCaseLower)
    where TEnum : struct, Enum;
