namespace Upkeep.Application.Drift;

/// <summary>Keys that the platform's environment must hold, and where they are. Never a value.</summary>
public sealed record DriftSurvey(IReadOnlyList<NeededKey> Needed, IReadOnlyList<EnvironmentPlace> Places);

/// <summary>A key that the code or a template names.</summary>
/// <param name="Where">The first place that names it, with its line.</param>
/// <param name="InCode">Whether code reads it; else only a template names it.</param>
/// <param name="HasDefault">Whether each place in the code that reads it says what holds without it.</param>
public sealed record NeededKey(string Name, string Where, bool InCode, bool HasDefault);

/// <summary>A place that gives keys to the platform: a file, a unit, a running process.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Problem">Why it could not be looked at; else null.</param>
/// <param name="Keys">Names, with what is wrong with each.</param>
public sealed record EnvironmentPlace(string Name, string? Problem, IReadOnlyList<PresentKey> Keys)
{
    /// <summary>Whether anybody on the machine may read it; of a file only.</summary>
    public bool IsOpenToAll { get; init; }

    /// <summary>Whether it holds much that is none of the platform's: a process has PATH and HOME too.</summary>
    public bool HoldsOthers { get; init; }
}

/// <summary>What can be wrong with a value, told without it.</summary>
public enum ValueFault
{
    None,
    Empty,
    Placeholder,
    NoUrl,
    NoNumber,
    NoBoolean,
}

/// <summary>A key that is there.</summary>
/// <param name="Line">In a file, from 1.</param>
/// <param name="Twice">The line of an earlier entry of the same file; else null.</param>
public sealed record PresentKey(string Name, int? Line, ValueFault Fault, int? Twice);
