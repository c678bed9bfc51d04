using Microsoft.Extensions.Logging;

namespace Upkeep.Cli.Output;

/// <summary>
/// What <c>--verbose</c> adds: the doors' log on stderr, each line with the number of its message. Of Npgsql, whose door is ours, the
/// statements and their durations.
/// </summary>
internal sealed class DetailLog(CommandOutput output) : ILoggerProvider
{
    private const string Npgsql = "Npgsql.";
    private const string Statements = "Npgsql.Command";

    public ILogger CreateLogger(string categoryName) => new Category(output, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(CommandOutput output, string name) : ILogger
    {
        private readonly LogLevel _least = name switch
        {
            Statements => LogLevel.Information,
            _ when name.StartsWith(Npgsql, StringComparison.Ordinal) => LogLevel.Warning,
            _ => LogLevel.Debug,
        };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                output.Detail($"[{name}/{eventId.Id}] {formatter(state, exception).ReplaceLineEndings(" ")}");
        }
    }
}
