using System.Diagnostics.CodeAnalysis;
using Upkeep.Redaction;

namespace Upkeep.Configuration;

/// <summary>What came of reading a configuration: the configuration, or every problem in it.</summary>
public sealed record LoadedConfiguration
{
    /// <summary>The file, absolute.</summary>
    public required string File { get; init; }

    /// <summary>Null where there are problems.</summary>
    public required UpkeepConfiguration? Configuration { get; init; }

    /// <summary>In the order of the file; empty where all is well.</summary>
    public required IReadOnlyList<ConfigurationProblem> Problems { get; init; }

    /// <summary>Knows the secrets that were read, also where there are problems.</summary>
    public required Redactor Redactor { get; init; }

    /// <summary>SHA-256 of the file as read (lower-case hex); empty where it couldn't be read.</summary>
    public required string Sha256 { get; init; }

    [MemberNotNullWhen(true, nameof(Configuration))]
    public bool IsValid => Configuration is not null;
}
