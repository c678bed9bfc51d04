namespace Upkeep.Configuration.Reading;

/// <summary>A piece of the file that knows its line.</summary>
internal abstract record YamlNode(int Line);

/// <param name="Plain">Written without quotes, so that an empty one, <c>~</c> and <c>null</c> mean nothing.</param>
internal sealed record YamlScalar(int Line, string Text, bool Plain) : YamlNode(Line)
{
    public bool IsNull => Plain && Text is "" or "~" or "null" && Plain;
}

internal sealed record YamlList(int Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

/// <summary>Keys in the order written; a key written twice is there twice, for the binder to object to.</summary>
internal sealed record YamlMap(int Line, IReadOnlyList<YamlEntry> Entries) : YamlNode(Line);

internal sealed record YamlEntry(string Key, int Line, YamlNode Value);
