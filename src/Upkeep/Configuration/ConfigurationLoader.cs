using System.Security.Cryptography;
using System.Text;
using Upkeep.Configuration.Reading;
using Upkeep.Configuration.Validation;
using Upkeep.Redaction;

namespace Upkeep.Configuration;

/// <summary>Reads <c>upkeep.yaml</c>. What is wrong comes back as a value, all of it at once.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="stepIds">The ids that may stand below <c>steps</c>.</param>
public sealed class ConfigurationLoader(Func<string, string?> environment, IReadOnlyCollection<string> stepIds)
{
    // A configuration is a few kilobytes; something this large is another file.
    private const int LargestFile = 1024 * 1024;

    /// <summary>With the process's environment and every step there is.</summary>
    public ConfigurationLoader(IReadOnlyCollection<string> stepIds)
        : this(Environment.GetEnvironmentVariable, stepIds)
    {
    }

    /// <param name="file">The file's path.</param>
    public LoadedConfiguration Load(string file)
    {
        file = Path.GetFullPath(file);
        try
        {
            var bytes = Bytes(file);
            return Parse(file, Text(bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (YamlReadException problem)
        {
            return Failed(file, problem.Line == 0 ? null : problem.Line, problem.Message, problem.Hint);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return Failed(file, null, "There is no such file.", "Make one with: upkeep init");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Failed(file, null, $"The file can't be read ({problem.GetType().Name}).", $"It must be a plain file that the user {Environment.UserName} may read.");
        }
    }

    private LoadedConfiguration Parse(string file, string text, string sha256)
    {
        var root = YamlReader.Read(text);
        if (root is null)
            return Failed(file, 1, "The file is empty.", "Write at least: platform: NAME, and below database: its url. Or make one with: upkeep init --force");
        var notes = new Notes(file);
        var folder = Path.GetDirectoryName(file)!;
        var record = (UpkeepConfiguration)new Binder(new References(environment, folder), notes, folder).Record(typeof(UpkeepConfiguration), root, "");
        Validators.Run(notes, stepIds);
        return new LoadedConfiguration
        {
            File = file,
            Configuration = notes.Problems.Count == 0 ? record : null,
            Problems = notes.Problems,
            Redactor = new Redactor(notes.Secrets),
            Sha256 = sha256,
        };
    }

    private static byte[] Bytes(string file)
    {
        if (Directory.Exists(file))
            throw new YamlReadException(0, "This is a folder.", "Name the file in it, for example with --config FOLDER/upkeep.yaml.");
        return BoundedFile.Read(file, LargestFile)
            ?? throw new YamlReadException(0, $"The file is larger than a configuration can be ({LargestFile} bytes).", "Look whether --config names the right file.");
    }

    private static string Text(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new YamlReadException(FirstWrongLine(bytes), "The file isn't text in UTF-8.", "Save it as UTF-8: iconv -f latin1 -t utf8 FILE");
        }
    }

    private static int FirstWrongLine(byte[] bytes)
    {
        var lines = 1;
        for (ReadOnlySpan<byte> rest = bytes; Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done; rest = rest[length..])
            lines += rune.Value == '\n' ? 1 : 0;
        return lines;
    }

    private static LoadedConfiguration Failed(string file, int? line, string message, string hint) => new()
    {
        File = file,
        Configuration = null,
        Problems = [new ConfigurationProblem(file, line, "", message, hint)],
        Redactor = Redactor.None,
        Sha256 = "",
    };
}
