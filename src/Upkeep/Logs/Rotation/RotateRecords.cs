using Upkeep.Running;

namespace Upkeep.Logs.Rotation;

/// <summary>What is to be rotated.</summary>
/// <param name="Logs">All that are configured.</param>
public sealed record RotateSurvey(IReadOnlyList<LogLook> Logs);

/// <summary>What was rotated.</summary>
/// <param name="Failed">Logs that could not be, or not to the end.</param>
public sealed record RotateEffect(IReadOnlyList<Rotated> Archives, IReadOnlyList<RotateFailure> Failed);

public sealed record RotateFailure(string Path, Problem Problem);
