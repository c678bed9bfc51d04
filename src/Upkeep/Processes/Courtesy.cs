using System.Globalization;

namespace Upkeep.Processes;

/// <summary>How a program is made to stand back behind others on the same machine.</summary>
public static class Courtesy
{
    private const string IoNice = "/usr/bin/ionice";

    /// <summary>The program behind <c>nice</c> and, where it is there, <c>ionice</c>'s idle class; what it starts inherits both.</summary>
    /// <param name="nice">0 to 19; with 0 the program stays as it is.</param>
    public static (string Program, IReadOnlyList<string> Arguments) Of(int nice, string program, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (nice == 0)
            return (program, arguments);
        // -t: a kernel or container that knows no such class is no reason to fail.
        string[] idle = File.Exists(IoNice) ? [IoNice, "-t", "-c", "3"] : [];
        return ("nice", ["-n", nice.ToString(CultureInfo.InvariantCulture), .. idle, program, .. arguments]);
    }
}
