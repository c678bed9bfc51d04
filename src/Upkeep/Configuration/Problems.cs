namespace Upkeep.Configuration;

/// <summary>Something wrong in the configuration.</summary>
/// <param name="Line">Line in the file, counted from 1, or null where it is not in the file.</param>
/// <param name="Key">Path of the key, for example <c>retention.rules[0].keep</c>.</param>
/// <param name="Message">What is wrong, with the value (never a secret's).</param>
/// <param name="Hint">What to write instead.</param>
public sealed record ConfigurationProblem(string File, int? Line, string Key, string Message, string Hint);
