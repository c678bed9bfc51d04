namespace Upkeep.Logs.Patterns;

/// <summary>One part of a message: a word, a punctuation mark, or <see cref="Variable"/> where a value stood.</summary>
/// <param name="SpaceBefore">Whether white space stood before it; for people who read the template, no part of its identity.</param>
internal readonly record struct Token(string Text, bool SpaceBefore)
{
    /// <summary>What a masked value reads like. No token of a message can: &lt; and &gt; are marks of their own.</summary>
    public const string Variable = "<*>";

    public bool IsVariable => ReferenceEquals(Text, Variable) || Text == Variable;

    /// <summary>Marks separate words and are never values.</summary>
    public bool IsMark => Text.Length == 1 && !char.IsLetterOrDigit(Text[0]);

    public Token Masked => this with { Text = Variable };
}
