namespace Upkeep.Processes;

/// <summary>A program to run, with what goes in and comes out where that may be more than fits into memory.</summary>
/// <param name="Environment">Variables besides our own; secrets go here.</param>
public sealed record ProgramCall(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>Writes the program's standard input and returns at its end; null where it gets none. What it throws when the program ends early is let go.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Reads the program's standard output; null where it is kept as text. It must not throw for what it reads: what it leaves is thrown away.</summary>
    public Func<Stream, CancellationToken, Task>? Output { get; init; }

    /// <summary>Hears each line of standard error as it comes, masked.</summary>
    public Action<string>? ErrorLine { get; init; }

    /// <summary>How far it stands back behind others (<see cref="Courtesy"/>).</summary>
    public int Nice { get; init; }

    /// <summary>Nothing that it starts outlives it, however it hides. Such a program gets no standard input.</summary>
    public bool Enclosed { get; init; }

    /// <summary>Of an enclosed one: standard error goes where standard output does, each where it was written.</summary>
    public bool Merged { get; init; }

    /// <summary>Its environment is <see cref="Environment"/> and nothing else: what we know (addresses, passwords) isn't for everybody's programs.</summary>
    public bool Bare { get; init; }

    /// <summary>Where it runs; null: where we do.</summary>
    public string? Folder { get; init; }
}
