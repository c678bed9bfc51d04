namespace Upkeep.Configuration.Validation;

/// <summary>What a validator has against a record.</summary>
/// <param name="Key">The key in the record, as written in the file.</param>
/// <param name="Other">A second key that the objection rests on; where either couldn't be read, there is no objection.</param>
internal sealed record Objection(string Key, string Message, string Hint, string? Other = null);
