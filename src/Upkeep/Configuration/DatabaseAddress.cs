using Upkeep.Configuration.Reading;
using Upkeep.Redaction;

namespace Upkeep.Configuration;

/// <summary>A database named outside a configuration file, in the same forms as <c>database.url</c>.</summary>
/// <param name="Settings">Null where it can't be read.</param>
/// <param name="Redactor">Knows its password.</param>
/// <param name="Problem">What is wrong, without the value; null where nothing is.</param>
public sealed record DatabaseAddress(DatabaseSettings? Settings, Redactor Redactor, string? Problem, string? Hint)
{
    /// <param name="written">URL, key=value, or a reference (<c>file:/path</c>, <c>${NAME}</c>).</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="folder">Where relative paths count from.</param>
    public static DatabaseAddress Read(string written, Func<string, string?> environment, string folder)
    {
        try
        {
            var resolved = new References(environment, folder).Resolve(written);
            var (connection, password) = DatabaseUrl.Read(resolved.Text);
            return new DatabaseAddress(new DatabaseSettings { ConnectionString = connection }, new Redactor([password, resolved.Text]), null, null);
        }
        catch (ValueProblemException problem)
        {
            return new DatabaseAddress(null, Redactor.None, problem.Message, problem.Hint);
        }
    }
}
