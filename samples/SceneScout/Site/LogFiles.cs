using System.Globalization;
using System.Text;

namespace SceneScout.Site;

/// <summary>The site's log files: one line a message, <c>2026-11-22 07:00:00.123 LEVEL where: what</c>, times in UTC.</summary>
internal sealed class LogFiles(string folder, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileStream> _open = [];

    public void Info(string where, string what) => Write(Application(), "INFO", where, what);

    public void Warn(string where, string what) => Write(Application(), "WARN", where, what);

    /// <summary>To the application's log of the day and to error.log.</summary>
    public void Error(string where, string what)
    {
        Write(Application(), "ERROR", where, what);
        Write("error.log", "ERROR", where, what);
    }

    public void Api(string what) => Write("api.log", "INFO", "api", what);

    public void Ingestion(string level, string what) => Write("ingestion.log", level, "ingestion", what);

    /// <summary>Opens those that are open anew under their names: whoever renamed one has it to themselves then.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            foreach (var name in _open.Keys.ToList())
            {
                _open[name].Dispose();
                _open[name] = Open(name);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _open.Values)
                file.Dispose();
            _open.Clear();
        }
    }

    /// <summary>Name of the application's log of a day.</summary>
    public static string Application(DateTimeOffset day) => string.Create(CultureInfo.InvariantCulture, $"application.log.{day.UtcDateTime:yyyy-MM-dd}");

    /// <summary>One line of a log, with its end.</summary>
    public static string Line(DateTimeOffset at, string level, string where, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} {level} {where}: {what.ReplaceLineEndings(" ")}\n");

    private string Application() => Application(time.GetUtcNow());

    // A line is one write to a file opened for appending: whoever copies or rotates the file meets whole lines only.
    private void Write(string name, string level, string where, string what)
    {
        var line = Encoding.UTF8.GetBytes(Line(time.GetUtcNow(), level, where, what));
        lock (_gate)
        {
            if (!_open.TryGetValue(name, out var file))
                _open.Add(name, file = Open(name));
            file.Write(line);
            file.Flush();
        }
    }

    private FileStream Open(string name)
    {
        Directory.CreateDirectory(folder);
        return AppendedFile.Open(Path.Combine(folder, name));
    }
}
