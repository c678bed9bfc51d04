using System.Globalization;

namespace Upkeep.Host.Resources;

/// <summary>What the kernel tells in /proc (proc(5)).</summary>
/// <param name="root">The folder: /proc.</param>
internal sealed class ProcFolder(string root)
{
    public bool Has(string file) => File.Exists(Path.Combine(root, file));

    /// <exception cref="IOException">It isn't there, or the kernel doesn't tell.</exception>
    /// <exception cref="UnauthorizedAccessException">It isn't for us.</exception>
    public string Text(string file) => File.ReadAllText(Path.Combine(root, file));

    /// <summary>Names and numbers, a pair a line, as in meminfo and vmstat; a colon and a unit may be there.</summary>
    /// <exception cref="InvalidDataException">The name isn't there, or its value is no number.</exception>
    public long Number(string file, string name)
    {
        foreach (var line in Text(file).Split('\n'))
        {
            var words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0] == name && long.TryParse(words[1], CultureInfo.InvariantCulture, out var value))
                return value;
        }
        throw new InvalidDataException($"{file} tells no {name}");
    }

    /// <summary>Numbers alone, on the first line.</summary>
    /// <exception cref="InvalidDataException">Fewer of them are there, or they are none.</exception>
    public IReadOnlyList<double> Numbers(string file, int least)
    {
        var words = Text(file).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.TakeWhile(word => double.TryParse(word, CultureInfo.InvariantCulture, out _)).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return numbers.Count >= least ? numbers : throw new InvalidDataException($"{file} holds '{string.Join(' ', words.Take(5))}'");
    }
}
