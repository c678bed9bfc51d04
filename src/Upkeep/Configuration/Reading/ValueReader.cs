using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.RegularExpressions;

namespace Upkeep.Configuration.Reading;

/// <summary>Text to the type that a record wants.</summary>
internal static partial class ValueReader
{
    /// <param name="shown">The value as a problem may show it, quoted; or words that hide it.</param>
    /// <param name="folder">Where relative paths count from.</param>
    /// <exception cref="ValueProblemException">It isn't of that type.</exception>
    public static object Read(ShapeKey key, Type type, string text, string shown, string folder)
    {
        if (type == typeof(string))
            return Text(key, text, folder);
        text = text.Trim();
        if (type == typeof(TimeSpan))
            return Durations.TryRead(text, out var duration) ? duration : throw NoDuration(text, shown);
        if (type == typeof(TimeOnly))
            return Time(text) ?? throw new ValueProblemException($"{shown} is no time of day", "Write hours and minutes from 00:00 to 23:59, for example 02:00.");
        if (type == typeof(bool))
            return text switch { "true" => true, "false" => false, _ => throw new ValueProblemException($"{shown} is neither true nor false", "Write true or false.") };
        if (type == typeof(int))
            return (int)Whole(key, type, text, shown);
        if (type == typeof(long))
            return Whole(key, type, text, shown);
        if (type == typeof(double))
            return Number(key, text, shown);
        if (type == typeof(Uri))
            return Address(text, shown);
        if (type.IsEnum)
            return Word(type, text, shown);
        throw new NotSupportedException($"{key.Property.DeclaringType?.Name}.{key.Property.Name} has type {type.Name}, which the configuration can't read.");
    }

    private static string Text(ShapeKey key, string text, string folder)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new ValueProblemException("is empty", "Write a value, or take the key away.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ValueProblemException("holds a NUL character", "Take it out.");
        if (!key.Has<FilePathAttribute>())
            return text;
        if (text == "~" || text.StartsWith("~/", StringComparison.Ordinal))
            text = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[1..]);
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, folder));
    }

    private static ValueProblemException NoDuration(string text, string shown)
    {
        if (text.StartsWith('-'))
            return new ValueProblemException($"{shown} is negative", $"Write a duration from 0, for example {Durations.Examples}.");
        return double.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? new ValueProblemException($"{shown} has no unit", $"Write the unit: {Durations.Examples}.")
            : new ValueProblemException($"{shown} is no duration", $"Write {Durations.Examples}. Months and years have no fixed length: write days.");
    }

    private static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static long Whole(ShapeKey key, Type type, string text, string shown)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var factor = 1L;
        if (key.Has<ByteSizeAttribute>())
            (digits, factor) = ByteSizes.Split(digits);
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / factor)
        {
            throw new ValueProblemException($"{shown} is no whole number",
                key.Has<ByteSizeAttribute>() ? "Write bytes, with a unit if you like: 500 MiB, 2 GiB." : "Write digits only, for example 10.");
        }
        Within(key.Limits, number, shown);
        if (type == typeof(int) && number > int.MaxValue)
            throw new ValueProblemException($"{shown} is too large", $"At most {int.MaxValue}.");
        return number * factor;
    }

    private static double Number(ShapeKey key, string text, string shown)
    {
        var percent = key.Has<ShareAttribute>() && text.EndsWith('%');
        if (!double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            throw new ValueProblemException($"{shown} is no number",
                key.Has<ShareAttribute>() ? "Write a share from 0 to 1, or a percentage: 0.95 or 95%." : "Write digits with a point, for example 1.5.");
        }
        number = percent ? number / 100 : number;
        Within(key.Has<ShareAttribute>() ? new LimitsAttribute(0, 1) : key.Limits, number, shown);
        return number;
    }

    private static void Within(LimitsAttribute limits, double number, string shown)
    {
        if (number >= limits.Least && number <= limits.Most)
            return;
        var range = limits.Most == double.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{limits.Least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"from {limits.Least} to {limits.Most}");
        throw new ValueProblemException(number < 0 && limits.Least == 0 ? $"{shown} is negative" : $"{shown} is out of range", $"Write a number {range}.");
    }

    private static Uri Address(string text, string shown) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri!.Host.Length > 0
            ? uri
            : throw new ValueProblemException($"{shown} is no absolute http or https address", "Write it whole, for example https://example.org/health.");

    private static Enum Word(Type type, string text, string shown)
    {
        var words = Words(type);
        if (words.FirstOrDefault(word => word.Written.Equals(text, StringComparison.OrdinalIgnoreCase)) is { Value: { } found })
            return found;
        string[] names = [.. words.Select(word => word.Written)];
        var meant = Nearest.To(text, names) is { } near ? $"Did you mean {near}? " : "";
        throw new ValueProblemException($"{shown} isn't one of the words known here", $"{meant}Write one of: {string.Join(", ", names)}.");
    }

    /// <summary>The words of an enum as the file has them.</summary>
    internal static IReadOnlyList<(string Written, Enum Value)> Words(Type type) =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (
            field.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? char.ToLowerInvariant(field.Name[0]) + field.Name[1..], (Enum)field.GetValue(null)!))];
}
